//! What a field holds, as types: the derive and the decoder match on these while compiling.
//!
//! The same facts stand in [`Kind`](crate::Kind) for work at run time.

use core::marker::PhantomData;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;
    )*};
}

kinds! {
    /// `true` or `false`.
    Boolean;
    /// The numeric id of a record.
    Id;
    /// An id of one of the few objects whose ids are text: `"text_line-1"`.
    TextId;
    /// A whole number that is not an id.
    Integer;
    /// A decimal number that is neither money nor a time: a percentage, an exchange rate.
    Number;
    /// A time in seconds, or of an expense a count: the quantity of an activity.
    Seconds;
    /// A time in hours, or of an expense a count: the quantity of a line item.
    Hours;
    /// An amount of money. Never to be read through a binary float.
    Money;
    /// Text.
    Text;
    /// A calendar date without a time: `2026-03-14`.
    Date;
    /// A moment with its offset: `2026-03-14T09:26:53Z`.
    DateTime;
    /// JSON of no known shape.
    Json;
}

/// Text out of a list that Clio may extend: a word of the enum `E` of [`choices`](crate::choices).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<E>(PhantomData<E>);

/// Another object, in the form `O`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<O>(PhantomData<O>);

/// A list of `K`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List<K>(PhantomData<K>);

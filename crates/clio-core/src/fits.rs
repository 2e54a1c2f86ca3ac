//! Which types may stand for which of Clio's fields in a [`Selection`](crate::Selection): a trait for each kind of
//! field. Implement one for a type of your own, and it fits too:
//!
//! ```
//! use clio_core::{Selection, fits::FitsText, schema::objects::Matter};
//! use serde::Deserializer;
//!
//! struct Number(String);
//!
//! impl FitsText for Number {
//!     fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
//!         String::decode(from).map(Self)
//!     }
//! }
//!
//! #[derive(Selection)]
//! #[clio(object = "Matter")]
//! struct Numbered {
//!     display_number: Number,
//! }
//!
//! let json = r#"{"display_number":"00007-Lovelace"}"#;
//! let matter = clio_core::decode::<Matter, Numbered>(json)?;
//! assert_eq!(matter.display_number.0, "00007-Lovelace");
//! # Ok::<(), clio_core::Error>(())
//! ```

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use clio_schema::choices::Choice;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use std::{fmt, marker::PhantomData};

use crate::{
    Amount, Etag, Hours, Id, Json, Seconds, TextId,
    values::{choice, whole},
};

macro_rules! fits {
    ($(
        $(#[$meta:meta])*
        $name:ident $(<$($parameter:ident),*>)? by $decoder:ident;
    )*) => {$(
        $(#[$meta])*
        pub trait $name $(<$($parameter),*>)?: Sized {
            /// Decodes the value. Without `Option` around the type that may be a null, which nearly every type refuses.
            fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>;

            /// Fills the slot of one field.
            #[doc(hidden)]
            #[inline]
            fn put<'de, A: MapAccess<'de>>(map: &mut A, slot: &mut Option<Self>, may_miss: bool) -> Result<(), A::Error> {
                put::<$decoder<Self $(, $($parameter),*)?>, A>(map, slot, may_miss)
            }

            /// Fills the slot of one list.
            #[doc(hidden)]
            #[inline]
            fn put_list<'de, A: MapAccess<'de>>(
                map: &mut A,
                slot: &mut Option<Vec<Self>>,
                may_miss: bool,
            ) -> Result<(), A::Error> {
                put::<Each<$decoder<Self $(, $($parameter),*)?>>, A>(map, slot, may_miss)
            }
        }

        struct $decoder<T $(, $($parameter),*)?>(PhantomData<T>, $($(PhantomData<$parameter>),*)?);

        impl<T: $name $(<$($parameter),*>)? $(, $($parameter),*)?> Decoder for $decoder<T $(, $($parameter),*)?> {
            type Value = T;

            #[inline]
            fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
                T::decode(from)
            }
        }
    )*};
}

fits! {
    /// Fits a field that holds true or false.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds true or false",
        label = "take `bool`, or an `Option` of it"
    )]
    FitsBoolean by DecodeBoolean;

    /// Fits a field that holds the id of an `O`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds the id of a `{O}`",
        label = "take `Id<{O}>`, or an `Option` of it",
        note = "an id is of the object itself, also where the record nests: `Id<Contact>`, not `Id<ContactBase>`"
    )]
    FitsId<O> by DecodeId;

    /// Fits a field that holds an id of a record whose object the tables do not name.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds an id",
        label = "take `Id` of the object that it leads to, or an `Option` of it"
    )]
    FitsAnyId by DecodeAnyId;

    /// Fits a field that holds the id of an `O`, which is text.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds the id of a `{O}`, which is text",
        label = "take `TextId<{O}>`, or an `Option` of it"
    )]
    FitsTextId<O> by DecodeTextId;

    /// Fits a field that holds an id that is text, of a record whose object the tables do not name.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds an id that is text",
        label = "take `TextId` of the object that it leads to, or an `Option` of it"
    )]
    FitsAnyTextId by DecodeAnyTextId;

    /// Fits a field that holds a whole number.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds a whole number",
        label = "take `i64`, `i32`, `u64`, `u32` or `Amount`, or an `Option` of it"
    )]
    FitsInteger by DecodeInteger;

    /// Fits a field that holds a decimal number that is neither money nor a time.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds a decimal number",
        label = "take `Amount` or `f64`, or an `Option` of it"
    )]
    FitsNumber by DecodeNumber;

    /// Fits a field that holds a time in seconds, or of an expense a count: the quantity of an activity.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds a time in seconds",
        label = "take `Seconds`, `Amount` or `f64`, or an `Option` of it",
        note = "seconds that are read as hours are off by a factor of 3600"
    )]
    FitsSeconds by DecodeSeconds;

    /// Fits a field that holds a time in hours, or of an expense a count: the quantity of a line item.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds a time in hours",
        label = "take `Hours`, `Amount` or `f64`, or an `Option` of it",
        note = "hours that are read as seconds are off by a factor of 3600"
    )]
    FitsHours by DecodeHours;

    /// Fits a field that holds money.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds money",
        label = "take `Amount`, or an `Option` of it",
        note = "a binary float cannot hold most amounts of money"
    )]
    FitsMoney by DecodeMoney;

    /// Fits a field that holds text.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds text",
        label = "take `String`, `Box<str>` or `Etag`, or an `Option` of it"
    )]
    FitsText by DecodeText;

    /// Fits a field that holds a date.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds a date",
        label = "take `chrono::NaiveDate`, or an `Option` of it"
    )]
    FitsDate by DecodeDate;

    /// Fits a field that holds a moment.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds a moment",
        label = "take `chrono::DateTime<Utc>` or `chrono::DateTime<FixedOffset>`, or an `Option` of it"
    )]
    FitsDateTime by DecodeDateTime;

    /// Fits a field that holds a word of the list `C`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds a word of `{C}`",
        label = "take `{C}` or `String`, or an `Option` of it"
    )]
    FitsChoice<C> by DecodeChoice;

    /// Fits a field that holds a word of a list that has no enum.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds a word of a list",
        label = "take `String`, or an `Option` of it"
    )]
    FitsWord by DecodeWord;

    /// Fits a field that holds JSON of no known shape.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not fit a field that holds JSON of no known shape",
        label = "take `Json`, or an `Option` of it"
    )]
    FitsJson by DecodeJson;
}

/// Fits a field that holds an object of the form `O`, whose records are those of `M`: a selection of plain fields.
///
/// Clio answers one level of nesting. The derive implements it for every struct that asks for no association's fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected inside another object: Clio answers only plain fields there",
    label = "this has to be a selection of plain fields of `{O}`"
)]
pub trait Nested<O, M>: Sized {
    /// What stands in the braces after the name of the field. Nothing: the name stands alone.
    const ASKED: &'static str;

    /// Decodes the object, which is not null.
    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>;

    /// Fills the slot of one field.
    #[doc(hidden)]
    #[inline]
    fn put<'de, A: MapAccess<'de>>(
        map: &mut A,
        slot: &mut Option<Self>,
        may_miss: bool,
    ) -> Result<(), A::Error> {
        put::<DecodeNested<Self, O, M>, A>(map, slot, may_miss)
    }

    /// Fills the slot of one list.
    #[doc(hidden)]
    #[inline]
    fn put_list<'de, A: MapAccess<'de>>(
        map: &mut A,
        slot: &mut Option<Vec<Self>>,
        may_miss: bool,
    ) -> Result<(), A::Error> {
        put::<Each<DecodeNested<Self, O, M>>, A>(map, slot, may_miss)
    }
}

/// Fits an association of a record that itself nests: Clio answers it by its own default, which is a
/// [`Stub`](crate::Stub), and takes no braces there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is one level too deep: Clio answers only plain fields there",
    label = "take `Stub<{M}>` here, or leave the field out"
)]
pub trait Bare<O, M>: Nested<O, M> {}

struct DecodeNested<T, O, M>(PhantomData<(T, O, M)>);

impl<T: Nested<O, M>, O, M> Decoder for DecodeNested<T, O, M> {
    type Value = T;

    #[inline]
    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::decode(from)
    }
}

macro_rules! impls {
    ($($(($generic:ident))? $name:ident $(<$parameter:ident>)?: $type:ty => $decode:expr;)*) => {$(
        impl<$($parameter)? $($generic)?> $name $(<$parameter>)? for $type {
            #[inline]
            fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $decode(from)
            }
        }
    )*};
}

impls! {
    FitsBoolean: bool => bool::deserialize;
    FitsId<O>: Id<O> => Self::deserialize;
    (O) FitsAnyId: Id<O> => Self::deserialize;
    FitsTextId<O>: TextId<O> => Self::deserialize;
    (O) FitsAnyTextId: TextId<O> => Self::deserialize;
    FitsInteger: i64 => whole;
    FitsInteger: i32 => whole;
    FitsInteger: u64 => whole;
    FitsInteger: u32 => whole;
    FitsInteger: Amount => Self::deserialize;
    FitsNumber: Amount => Self::deserialize;
    FitsNumber: f64 => Self::deserialize;
    FitsSeconds: Seconds => Self::deserialize;
    FitsSeconds: Amount => Self::deserialize;
    FitsSeconds: f64 => Self::deserialize;
    FitsHours: Hours => Self::deserialize;
    FitsHours: Amount => Self::deserialize;
    FitsHours: f64 => Self::deserialize;
    FitsMoney: Amount => Self::deserialize;
    FitsText: String => Self::deserialize;
    FitsText: Box<str> => Self::deserialize;
    FitsText: Etag => Self::deserialize;
    FitsDate: NaiveDate => Self::deserialize;
    FitsDateTime: DateTime<Utc> => Self::deserialize;
    FitsDateTime: DateTime<FixedOffset> => Self::deserialize;
    FitsJson: Json => Self::deserialize;
    // Where Clio answers something else than its document says, JSON is the way out.
    FitsBoolean: Json => Self::deserialize;
    FitsId<O>: Json => Self::deserialize;
    FitsAnyId: Json => Self::deserialize;
    FitsTextId<O>: Json => Self::deserialize;
    FitsAnyTextId: Json => Self::deserialize;
    FitsInteger: Json => Self::deserialize;
    FitsNumber: Json => Self::deserialize;
    FitsSeconds: Json => Self::deserialize;
    FitsHours: Json => Self::deserialize;
    FitsMoney: Json => Self::deserialize;
    FitsText: Json => Self::deserialize;
    FitsDate: Json => Self::deserialize;
    FitsDateTime: Json => Self::deserialize;
    FitsChoice<C>: Json => Self::deserialize;
    FitsWord: Json => Self::deserialize;
}

impl<C: Choice> FitsChoice<C> for C {
    #[inline]
    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        choice(from)
    }
}

impl<C: Choice> FitsWord for C {
    #[inline]
    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        choice(from)
    }
}

/// A trait for one field of a selection, so that the compiler says of a wrong type what the field holds, by its name.
/// The trait that decides, and that no error names, is `$fits`.
#[doc(hidden)]
#[macro_export]
macro_rules! __field {
    ($name:ident: $fits:path { $($asked:ident)? } $message:literal, $label:literal, $note:literal) => {
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        trait $name: ::core::marker::Sized {
            $(const $asked: &'static str;)?
            fn put<'de, A: $crate::__private::MapAccess<'de>>(
                map: &mut A,
                slot: &mut ::core::option::Option<Self>,
                may_miss: bool,
            ) -> ::core::result::Result<(), A::Error>;
            fn put_list<'de, A: $crate::__private::MapAccess<'de>>(
                map: &mut A,
                slot: &mut ::core::option::Option<$crate::__private::Vec<Self>>,
                may_miss: bool,
            ) -> ::core::result::Result<(), A::Error>;
        }

        #[diagnostic::do_not_recommend]
        impl<T: $fits> $name for T {
            $(const $asked: &'static str = <T as $fits>::$asked;)?
            #[inline]
            fn put<'de, A: $crate::__private::MapAccess<'de>>(
                map: &mut A,
                slot: &mut ::core::option::Option<T>,
                may_miss: bool,
            ) -> ::core::result::Result<(), A::Error> {
                <T as $fits>::put(map, slot, may_miss)
            }
            #[inline]
            fn put_list<'de, A: $crate::__private::MapAccess<'de>>(
                map: &mut A,
                slot: &mut ::core::option::Option<$crate::__private::Vec<T>>,
                may_miss: bool,
            ) -> ::core::result::Result<(), A::Error> {
                <T as $fits>::put_list(map, slot, may_miss)
            }
        }
    };
}

/// One way to decode a value. The public traits come down to it, so that what follows is written once.
trait Decoder {
    type Value;

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self::Value, D::Error>;
}

/// A list of what `C` decodes.
struct Each<C>(PhantomData<C>);

impl<C: Decoder> Decoder for Each<C> {
    type Value = Vec<C::Value>;

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self::Value, D::Error> {
        struct List<C>(PhantomData<C>);

        impl<'de, C: Decoder> Visitor<'de> for List<C> {
            type Value = Vec<C::Value>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(value) = seq.next_element_seed(NotNull::<C>(PhantomData))? {
                    list.push(value);
                }
                Ok(list)
            }
        }

        from.deserialize_seq(List::<C>(PhantomData))
    }
}

#[inline]
fn put<'de, C: Decoder, A: MapAccess<'de>>(
    map: &mut A,
    slot: &mut Option<C::Value>,
    may_miss: bool,
) -> Result<(), A::Error> {
    *slot = if may_miss {
        map.next_value_seed(PerhapsNull::<C>(PhantomData))?
    } else {
        Some(map.next_value_seed(NotNull::<C>(PhantomData))?)
    };
    Ok(())
}

struct PerhapsNull<C>(PhantomData<C>);

impl<'de, C: Decoder> DeserializeSeed<'de> for PerhapsNull<C> {
    type Value = Option<C::Value>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de, C: Decoder> Visitor<'de> for PerhapsNull<C> {
    type Value = Option<C::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        C::decode(from).map(Some)
    }
}

struct NotNull<C>(PhantomData<C>);

impl<'de, C: Decoder> DeserializeSeed<'de> for NotNull<C> {
    type Value = C::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<C::Value, D::Error> {
        C::decode(from)
    }
}

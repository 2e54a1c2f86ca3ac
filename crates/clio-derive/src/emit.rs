//! From what a struct asks for to its implementations.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Ident, LitStr, Type, ext::IdentExt, spanned::Spanned};

use crate::{
    family::{family, form, leads_to, main_of},
    form::{Field, Form, Tag},
    read::{Asked, AskedField, Missing, Refused, What},
    tell::{Told, tell},
};

/// The whole expansion.
pub(crate) fn emit(asked: &Asked) -> TokenStream {
    let form = asked.form;
    let fill = fill(asked);
    let traits = asked.fields.iter().enumerate().map(|(number, field)| field_trait(form, number, field));
    let entries = asked.fields.iter().enumerate().map(|(number, field)| entry(form, number, field));
    let forms = family(form.name).filter(|other| fits(asked, other));
    let implementations = forms.map(|other| implementation(asked, other));
    let taken = asked.fields.iter().map(|field| taken(asked, field));
    let (ident, object) = (&asked.ident, object(form.name));
    in_a_block(
        &asked.krate,
        &quote! {
            #(#traits)*
            const ASKED: &[(&str, &str)] = &[#(#entries),*];
            const TEXT: [u8; __clio::length(ASKED)] = __clio::join(ASKED);
            const FIELDS: &str = __clio::text(&TEXT);
            #fill
            #(#implementations)*
            #(#taken)*
            impl __clio::Selected for #ident {
                type Object = #object;
            }
        },
    )
}

/// What is wrong, and an implementation in place of the one that cannot be made: that it is missing would be one more
/// error wherever the struct is used.
pub(crate) fn emit_refusal(input: &DeriveInput, refused: &Refused) -> TokenStream {
    let errors = refused.errors.to_compile_error();
    let Some(form) = refused.form.filter(|_| input.generics.params.is_empty()) else { return errors };
    let ident = &input.ident;
    let stand_ins = family(form.name).map(|form| {
        let object = object(form.name);
        quote! {
            impl __clio::Selection<#object> for #ident {
                const FIELDS: &'static str = "";
                fn decode<'de, D: __clio::Deserializer<'de>>(_: D) -> ::core::result::Result<Self, D::Error> {
                    ::core::result::Result::Err(__clio::missing(""))
                }
            }
            impl<M> __clio::Nested<#object, M> for #ident {
                const ASKED: &'static str = "";
                fn decode<'de, D: __clio::Deserializer<'de>>(_: D) -> ::core::result::Result<Self, D::Error> {
                    ::core::result::Result::Err(__clio::missing(""))
                }
            }
        }
    });
    let object = object(form.name);
    let selected = quote!(impl __clio::Selected for #ident { type Object = #object; });
    let block = in_a_block(&refused.krate, &quote! { #(#stand_ins)* #selected });
    quote! { #errors #block }
}

/// Puts items where their names meet none of the user's, and under no lint of the user's.
fn in_a_block(krate: &syn::Path, items: &TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(
            clippy::all,
            clippy::pedantic,
            missing_debug_implementations,
            missing_docs,
            non_local_definitions,
            private_bounds,
            unreachable_pub,
            unused_qualifications
        )]
        const _: () = {
            use #krate::__private as __clio;
            #items
        };
    }
}

/// The trait that the type of one field has to implement, named after the place of the field.
fn field_trait(form: &'static Form, number: usize, asked: &AskedField) -> TokenStream {
    let What::One { field, ty, .. } = &asked.what else { return TokenStream::new() };
    let (name, fit) = (field_name(number), fit(form, field, ty));
    let asked = matches!(element(&field.tag), Tag::Object(_)).then(|| quote!(ASKED));
    let Told { message, label, note } = tell(form, field);
    quote! { __clio::field! { #name: #fit { #asked } #message, #label, #note } }
}

fn field_name(number: usize) -> Ident {
    format_ident!("__Field{number}")
}

/// The trait of one field, where an error in it points to the type.
fn field_at(number: usize, ty: &Type) -> Ident {
    Ident::new(&field_name(number).to_string(), at(ty))
}

/// The text of one field in `fields`: its name, and what is asked of the object in it.
fn entry(form: &'static Form, number: usize, asked: &AskedField) -> TokenStream {
    match &asked.what {
        What::One { field, ty, .. } => {
            let (name, check) = (field.name, field_at(number, ty));
            let nests = matches!(element(&field.tag), Tag::Object(_));
            if nests { quote!((#name, <#ty as #check>::ASKED)) } else { quote!((#name, "")) }
        }
        What::Flatten(ty) => {
            let object = object(form.name);
            let selection = quote_spanned!(at(ty)=> __clio::Selection<#object>);
            quote!(("", <#ty as #selection>::FIELDS))
        }
    }
}

/// The decoder: a slot for each field, filled as the record is read. Those of flattened selections hang behind ours.
fn fill(asked: &Asked) -> TokenStream {
    let ident = &asked.ident;
    let (mut slots, mut arms, mut ends, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut flattened = Vec::new();
    for (number, AskedField { ident, what }) in asked.fields.iter().enumerate() {
        match what {
            What::One { field, ty, list, missing } => {
                let (at_index, name, slot) = (names.len(), field.name, format_ident!("f{number}"));
                let (check, may_miss) = (field_at(number, ty), *missing != Missing::Error);
                let held = if *list { quote!(__clio::Vec<#ty>) } else { quote!(#ty) };
                let put = if *list { quote!(put_list) } else { quote!(put) };
                slots.push(quote!(#slot: ::core::option::Option<#held>));
                arms.push(quote!(#at_index => <#ty as #check>::#put(map, &mut slots.0.#slot, #may_miss)));
                ends.push(match missing {
                    Missing::Error => quote!(#ident: __clio::required(slots.0.#slot, #name)?),
                    Missing::None => quote!(#ident: slots.0.#slot),
                    Missing::Default => {
                        let default = quote_spanned!(at(ty)=> ::core::option::Option::unwrap_or_default);
                        quote!(#ident: #default(slots.0.#slot))
                    }
                });
                names.push(name);
            }
            What::Flatten(ty) => {
                let place = (0..flattened.len()).fold(quote!(slots.1), |place, _| quote!(#place.1));
                ends.push(quote!(#ident: <#ty as __clio::Fill>::finish(#place.0)?));
                flattened.push((ty, place));
            }
        }
    }
    let own = names.len();
    let all_slots = flattened
        .iter()
        .rev()
        .fold(quote!(()), |rest, (ty, _)| quote!((<#ty as __clio::Fill>::Slots, #rest)));
    let mut rest = quote!(::core::result::Result::Ok(()));
    let mut all_names = quote!(&[#(#names),*]);
    if !flattened.is_empty() {
        for (ty, place) in flattened.iter().rev() {
            rest = quote!({
                let names = <#ty as __clio::Fill>::NAMES.len();
                if at < names { return <#ty as __clio::Fill>::put(&mut #place.0, at, map); }
                let at = at - names;
                #rest
            });
        }
        rest = quote!({ let at = at - #own; #rest });
        let parts = flattened.iter().map(|(ty, _)| quote!(<#ty as __clio::Fill>::NAMES));
        all_names = quote!({
            const PARTS: &[&[&str]] = &[&[#(#names),*], #(#parts),*];
            const NAMES: [&str; __clio::count(PARTS)] = __clio::concat(PARTS);
            &NAMES
        });
    }
    let condition =
        condition(&flattened.iter().map(|(ty, _)| provided(ty, &quote!(__clio::Fill))).collect::<Vec<_>>());
    quote! {
        #[derive(::core::default::Default)]
        pub struct __Slots { #(#slots),* }
        impl __clio::Fill for #ident #condition {
            type Slots = (__Slots, #all_slots);
            const NAMES: &'static [&'static str] = #all_names;
            #[inline]
            #[allow(unused_variables)]
            fn put<'de, A: __clio::MapAccess<'de>>(
                slots: &mut Self::Slots,
                at: usize,
                map: &mut A,
            ) -> ::core::result::Result<(), A::Error> {
                match at {
                    #(#arms,)*
                    _ => #rest
                }
            }
            fn finish<E: __clio::Error>(slots: Self::Slots) -> ::core::result::Result<Self, E> {
                ::core::result::Result::Ok(Self { #(#ends),* })
            }
        }
    }
}

/// Tells by the marker of the field that the struct has it.
fn taken(asked: &Asked, field: &AskedField) -> TokenStream {
    let AskedField { ident: member, what: What::One { field, ty, list, missing } } = field else {
        return TokenStream::new();
    };
    let main = main_of(asked.form.name);
    if form(main).is_none_or(|form| form.field(field.name).is_none()) {
        return TokenStream::new();
    }
    let held = if *list { quote!(__clio::Vec<#ty>) } else { quote!(#ty) };
    let held = if *missing == Missing::None { quote!(::core::option::Option<#held>) } else { held };
    // Some objects only ever nest, and are named after the form in which they do.
    let module = Ident::new(&snake(main.strip_suffix("Base").unwrap_or(main)), Span::call_site());
    let ident = &asked.ident;
    let marker =
        syn::parse_str::<Ident>(field.name).unwrap_or_else(|_| Ident::new_raw(field.name, Span::call_site()));
    quote! {
        impl __clio::Takes<__clio::objects::#module::#marker> for #ident {
            type Value = #held;
            fn taken(&self) -> &Self::Value { &self.#member }
        }
    }
}

/// `ActivityDescription` is `activity_description`, as the modules of `clio-schema` are named.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// A bound that is a condition. Without the lifetime it would be a claim, and the compiler would refuse a false one.
fn provided(ty: &Type, bound: &TokenStream) -> TokenStream {
    quote!(for<'any> #ty: #bound)
}

/// The struct as a selection of one form, at the top of a query and inside another object.
fn implementation(asked: &Asked, form: &Form) -> TokenStream {
    let (ident, object) = (&asked.ident, object(form.name));
    let (mut top, mut nested) = (Vec::new(), Vec::new());
    for AskedField { what, .. } in &asked.fields {
        match what {
            What::Flatten(ty) => {
                if form.name != asked.form.name {
                    top.push(provided(ty, &quote!(__clio::Selection<#object>)));
                }
                nested.push(provided(ty, &quote!(__clio::Nested<#object, M>)));
            }
            What::One { field, ty, .. } => {
                if let Tag::Object(name) = element(&field.tag) {
                    let (form, main) = (self::object(name), self::object(main_of(name)));
                    nested.push(provided(ty, &quote!(__clio::Bare<#form, #main>)));
                }
            }
        }
    }
    let (top, nested) = (condition(&top), condition(&nested));
    quote! {
        impl __clio::Selection<#object> for #ident #top {
            const FIELDS: &'static str = FIELDS;
            fn decode<'de, D: __clio::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                __clio::decode(from)
            }
        }
        impl<M> __clio::Nested<#object, M> for #ident #nested {
            const ASKED: &'static str = FIELDS;
            fn decode<'de, D: __clio::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                __clio::decode(from)
            }
        }
    }
}

fn condition(bounds: &[TokenStream]) -> TokenStream {
    if bounds.is_empty() { TokenStream::new() } else { quote!(where #(#bounds),*) }
}

/// Every field of the struct holds the same in `form`.
fn fits(asked: &Asked, form: &Form) -> bool {
    asked.fields.iter().all(|asked| match &asked.what {
        What::One { field, .. } => form.field(field.name).is_some_and(|other| other.tag == field.tag),
        What::Flatten(_) => true,
    })
}

/// What the field holds, or what each of its list holds.
fn element(tag: &'static Tag) -> &'static Tag {
    if let Tag::List(inner) = tag { inner } else { tag }
}

/// The trait of `clio_core::fits` that decides whether a type may stand for this field.
fn fit(form: &'static Form, field: &'static Field, ty: &Type) -> TokenStream {
    let to = |name: &str, parameter: Option<&str>| {
        let name = Ident::new(name, Span::call_site());
        let parameter = parameter.map(|object| {
            let object = self::object(object);
            quote!(<#object>)
        });
        quote!(__clio::#name #parameter)
    };
    match element(&field.tag) {
        Tag::Boolean => to("FitsBoolean", None),
        Tag::Id => match leads_to(form, field) {
            Some(main) => to("FitsId", Some(main)),
            None => to("FitsAnyId", None),
        },
        Tag::TextId => match leads_to(form, field) {
            Some(main) => to("FitsTextId", Some(main)),
            None => to("FitsAnyTextId", None),
        },
        Tag::Integer => to("FitsInteger", None),
        Tag::Number => to("FitsNumber", None),
        Tag::Seconds => to("FitsSeconds", None),
        Tag::Hours => to("FitsHours", None),
        Tag::Money => to("FitsMoney", None),
        Tag::Text => to("FitsText", None),
        Tag::Date => to("FitsDate", None),
        Tag::DateTime => to("FitsDateTime", None),
        // A word may always be taken as text; which of the two is meant has to be told by the name of the type.
        Tag::Choice(_) if is_string(ty) => to("FitsText", None),
        Tag::Choice("") => to("FitsWord", None),
        Tag::Choice(name) => {
            let choice = Ident::new(name, Span::call_site());
            quote!(__clio::FitsChoice<__clio::choices::#choice>)
        }
        Tag::Object(name) => {
            let (inner, main) = (object(name), object(main_of(name)));
            quote!(__clio::Nested<#inner, #main>)
        }
        Tag::Json | Tag::List(_) => to("FitsJson", None),
    }
}

fn is_string(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident.unraw() == "String"))
}

/// The type of a form.
fn object(name: &str) -> TokenStream {
    let name = Ident::new(name, Span::call_site());
    quote!(__clio::objects::#name)
}

/// The place of a type, so that the compiler points there; the names are still those of the expansion.
fn at(ty: &Type) -> Span {
    ty.span().resolved_at(Span::call_site())
}

/// A path to the crate in which the expansion finds what it needs.
pub(crate) fn path(text: &str) -> syn::Path {
    LitStr::new(text, Span::call_site())
        .parse()
        .unwrap_or_else(|_| Ident::new("clio_core", Span::call_site()).into())
}

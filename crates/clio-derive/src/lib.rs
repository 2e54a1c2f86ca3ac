#![doc = include_str!("guide.md")]
#![doc = ""]
#![doc = "This crate is reached through `clio_core::Selection` and `clio_api::Selection`; nobody needs it by itself."]

mod emit;
mod family;
mod form;
mod read;
mod table;
mod tell;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

#[doc = include_str!("guide.md")]
#[proc_macro_derive(Selection, attributes(clio))]
pub fn selection(input: TokenStream) -> TokenStream {
    derive(input, "::clio_core")
}

#[doc = include_str!("guide.md")]
// `clio_api` gives it out as `Selection`: there the expansion has to find everything in that crate.
#[proc_macro_derive(SelectionOfApi, attributes(clio))]
pub fn selection_of_api(input: TokenStream) -> TokenStream {
    derive(input, "::clio_api")
}

fn derive(input: TokenStream, krate: &str) -> TokenStream {
    match syn::parse(input) {
        Ok(input) => expand(&input, krate).into(),
        Err(error) => error.to_compile_error().into(),
    }
}

fn expand(input: &syn::DeriveInput, krate: &str) -> proc_macro2::TokenStream {
    match read::read(input, &emit::path(krate)) {
        Ok(asked) => emit::emit(&asked),
        Err(refused) => emit::emit_refusal(input, &refused),
    }
}

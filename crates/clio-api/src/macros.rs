//! What the generated structs of bodies have in common.

/// A body of an operation.
macro_rules! body {
    ($(#[$outer:meta])* $name:ident for $operation:ident) => {
        $(#[$outer])*
        #[derive(Debug, Clone)]
        #[must_use]
        pub struct $name(clio_core::Members);

        impl clio_core::Body<clio_core::schema::operations::$operation> for $name {
            fn json(&self) -> Result<String, clio_core::Error> {
                Ok(self.0.to_json())
            }
        }
    };
}

/// An object inside a body.
macro_rules! part {
    ($(#[$outer:meta])* $name:ident) => {
        $(#[$outer])*
        #[derive(Debug, Clone)]
        #[must_use]
        pub struct $name(clio_core::Members);

        impl clio_core::ToJson for $name {
            fn write(&self, json: &mut String) {
                self.0.write(json);
            }
        }
    };
}

pub(crate) use {body, part};

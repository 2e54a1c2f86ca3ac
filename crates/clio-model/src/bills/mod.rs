//! Bills: their states, their lines and what they come to.

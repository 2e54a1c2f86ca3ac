//! The worlds from outside.

mod document;
mod every_answer;

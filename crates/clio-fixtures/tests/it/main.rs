//! The worlds from outside.

mod any_request;
mod document;
mod every_answer;

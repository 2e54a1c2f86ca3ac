//! Bank accounts, and the money of clients on them.

//! Documents, folders and communications.

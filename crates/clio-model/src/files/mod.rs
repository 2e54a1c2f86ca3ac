//! Documents, folders, communications, conversations and notes.

mod communication;
mod conversation;
mod document;
mod external_property;
mod folder;
mod new_communication;
mod new_document;
mod note;

pub use communication::Communication;
pub use conversation::{Conversation, ConversationMessage};
pub use document::{Document, DocumentCreator, DocumentVersion};
pub(crate) use external_property::ExternalProperties;
pub use external_property::{ExternalProperty, MOST_EXTERNAL_PROPERTIES};
pub use folder::{Folder, FolderParent, NewFolder};
pub use new_communication::NewCommunication;
pub use new_document::{DocumentParent, NewDocument};
pub use note::{NewNote, Note};

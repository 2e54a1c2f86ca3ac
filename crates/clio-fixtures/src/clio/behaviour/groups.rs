//! Groups of users.

use crate::clio::store::handles;

handles!(GROUP: Group = group { name, users });

//! The effect of permissions on real servers.

mod matcher;

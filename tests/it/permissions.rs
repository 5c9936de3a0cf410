//! What permissions amount to on real servers.

mod matcher;

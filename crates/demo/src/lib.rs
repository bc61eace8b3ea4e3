//! What `dev` and `demo` serve beside the service: demo users and fake providers, offline.
//!
//! It must never be part of a production path: nothing else depends on it.
//! There is nothing here yet; it begins with the fake provider for machine tokens.

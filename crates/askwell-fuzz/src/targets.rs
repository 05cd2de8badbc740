//! The targets, a file each: a door, and what must hold behind it.

pub mod answer;
pub mod audit_export;
pub mod callback_url;
pub mod configuration;
pub mod draft;
pub mod egress_rule;
pub mod file_type;
pub mod http;
pub mod json;
pub mod jwks;
pub mod jwt;
pub mod markdown;
mod pointers;
pub mod socketio;
pub mod upload;

use crate::Target;

/// Every target.
pub const TARGETS: [Target; 14] = [
    answer::TARGET,
    audit_export::TARGET,
    callback_url::TARGET,
    configuration::TARGET,
    draft::TARGET,
    egress_rule::TARGET,
    file_type::TARGET,
    http::TARGET,
    json::TARGET,
    jwks::TARGET,
    jwt::TARGET,
    markdown::TARGET,
    socketio::TARGET,
    upload::TARGET,
];

/// The target of this name.
#[must_use]
pub fn named(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

//! The configuration: read once, at start, only here.
//!
//! Flags win over environment, environment over file, file over defaults.
//! Each section has a file of its own with its defaults and its rules;
//! [`safety`] holds the rules that concern the whole. Wrong values refuse to
//! start and name the place; unknown keys are notices. Nothing outside this
//! module reads the environment or a configuration file.

mod compat;
mod database;
mod egress;
mod execution;
mod files;
mod integration;
mod limits;
mod load;
mod logging;
mod mcp;
mod oauth;
mod reader;
mod redis;
mod reference;
mod retention;
mod safety;
mod section;
mod security;
mod server;
mod service;
mod session;
mod setting;
#[cfg(test)]
mod tests;
mod ui;
mod values;
mod webhooks;
mod yaml;

use serde_json::{Map, Value};

pub(crate) use self::database::DatabasePath;
pub(crate) use self::load::{Loaded, environment_variable, load};
pub(crate) use self::logging::{Level, LogFormat, Logging};
pub(crate) use self::oauth::Issuer;
use self::reader::Reader;
pub(crate) use self::reference::{example, yaml as to_yaml};
use self::section::{Key, Section};
pub(crate) use self::security::AuthMethod;
pub(crate) use self::values::{Host, Secret};
pub(crate) use self::webhooks::webhook_secret;
#[cfg(test)]
pub(crate) use self::{load::load_sources, reader::Sources};

macro_rules! configuration {
    ($($(#[$doc:meta])* $field:ident: $section:path,)+) => {
        /// The effective configuration.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct Config {
            $($(#[$doc])* pub(crate) $field: $section,)+
        }

        impl Config {
            fn read(reader: &mut Reader) -> Self {
                Self { $($field: <$section>::read(&mut reader.section(<$section>::NAME)),)+ }
            }

            fn check(&self, reader: &mut Reader) {
                $(self.$field.check(reader);)+
                self.oauth.check_beside(&self.security, reader);
                self.mcp.check_beside(&self.server, reader);
            }

            /// Whether callbacks may go to this machine itself: the open development mode.
            pub(crate) fn allows_loopback_callbacks(&self) -> bool {
                self.server.is_loopback() && !self.security.enable_auth
            }

            /// The names that requests may address, beside loopback ones. With authentication nothing means any.
            pub(crate) fn served_hosts(&self) -> Vec<String> {
                if self.security.enable_auth && self.security.allowed_hosts.is_empty() {
                    return Vec::new();
                }
                let own = self.server.own_name().map(|host| host.in_url());
                self.security.allowed_hosts.iter().map(|host| host.0.clone()).chain(own).collect()
            }

            /// The origins whose pages may call; `*` among them where the owner says so.
            pub(crate) fn web_origins(&self) -> Vec<String> {
                let any = self.security.any_origin().then_some("*");
                self.security.named_origins().into_iter().chain(any).map(ToOwned::to_owned).collect()
            }

            /// The name of the MCP endpoint that tokens must be for, where it has one.
            pub(crate) fn mcp_resource(&self) -> Option<String> {
                let public = || {
                    let url = self.server.public_url.as_ref()?;
                    Some(format!("{}/mcp", url.as_str().trim_end_matches('/')))
                };
                self.mcp.resource.as_ref().map(|name| name.0.clone()).or_else(public)
            }

            /// How much is logged: `server.debug` asks for at least DEBUG.
            pub(crate) fn log_level(&self) -> Level {
                match self.logging.level {
                    Level::Trace => Level::Trace,
                    _ if self.server.debug => Level::Debug,
                    level => level,
                }
            }

            /// All effective values by section; secrets masked.
            pub(crate) fn show(&self) -> Map<String, Value> {
                [$((<$section>::NAME.to_owned(), Value::Object(self.$field.show())),)+].into_iter().collect()
            }
        }

        /// Name, purpose and keys of every section.
        fn sections() -> Vec<(&'static str, String, Vec<Key>)> {
            vec![$((<$section>::NAME, <$section>::about(), <$section>::keys()),)+]
        }
    };
}

configuration! {
    /// Names.
    service: service::Service,
    /// Where it listens.
    server: server::Server,
    /// Where it stores.
    database: database::Database,
    /// Not used yet.
    redis: redis::Redis,
    /// Deadlines.
    session: session::Session,
    /// The web page.
    ui: ui::Ui,
    /// Logs.
    logging: logging::Logging,
    /// Who may reach it.
    security: security::Security,
    /// An identity provider.
    oauth: oauth::Oauth,
    /// Other systems.
    integration: integration::Integration,
    /// Reviews of agents.
    execution: execution::Execution,
    /// Agents that speak the Model Context Protocol.
    mcp: mcp::Mcp,
    /// Where callbacks may go.
    egress: egress::Egress,
    /// How often, and how many at once.
    limits: limits::Limits,
    /// How long closed sessions are kept.
    retention: retention::Retention,
    /// Uploads.
    files: files::Files,
    /// Callbacks.
    webhooks: webhooks::Webhooks,
    /// How exactly the originals are followed.
    compat: compat::Compat,
}

/// The full names of all keys.
fn key_names() -> Vec<String> {
    sections()
        .into_iter()
        .flat_map(|(section, _, keys)| keys.into_iter().map(move |key| format!("{section}.{}", key.name)))
        .collect()
}

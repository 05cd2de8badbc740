//! Agents that speak the Model Context Protocol.

use super::oauth::Issuer;
use super::reader::Reader;
use super::section::section;
use super::server::Server;
use super::values::{Seconds, UrlName};

section! {
    /// Agents that speak the Model Context Protocol, at `/mcp` and through `askwell mcp`.
    Mcp = "mcp" {
        /// Seconds that a call waits for a person where its client hears of progress and does not say how long. The
        /// question outlives the call.
        wait_seconds: Seconds = Seconds::new(50),
        /// The most seconds that a call waits whose client does not hear of progress: most give up on a silent call.
        silent_wait_seconds: Seconds = Seconds::new(25),
        /// Ask clients that can open an address to open the question's page. Some decline by themselves, which changes
        /// nothing.
        elicitation: bool = false,
        /// Cancel the question, too, when a client of an earlier revision cancels the call that waits for it.
        cancel_with_call: bool = false,
        /// Clients of revisions before 2026-07-28 at once, three quarters of them of one principal at most; idle ones make
        /// room for new ones.
        max_sessions: u32 = 1024,
        /// The name of the endpoint that signed tokens must be for (their `aud`); by default `server.public_url` with
        /// `/mcp`. Without either, signed tokens are refused there, and tokens of Askwell's own are taken.
        resource: Option<UrlName> = None,
        /// Who gives out such tokens, for the protected resource metadata.
        authorization_servers: Vec<Issuer> = Vec::new(),
    }
}

impl Mcp {
    pub(super) fn check(&self, reader: &mut Reader) {
        for (key, seconds) in [("wait_seconds", self.wait_seconds), ("silent_wait_seconds", self.silent_wait_seconds)] {
            if seconds.0.as_secs() < 1 {
                reader.refuse(&format!("mcp.{key}"), "is below one second, expected at least 1");
            }
        }
        if self.max_sessions == 0 {
            reader.refuse("mcp.max_sessions", "is 0: no client of an earlier revision could connect");
        }
    }

    pub(super) fn check_beside(&self, server: &Server, reader: &mut Reader) {
        if !self.authorization_servers.is_empty() && self.resource.is_none() && server.public_url.is_none() {
            let text = "what these give out is refused: the endpoint has no name that tokens could be for. Set \
                        `server.public_url` or `mcp.resource`";
            reader.notice("mcp.authorization_servers", text);
        }
    }
}

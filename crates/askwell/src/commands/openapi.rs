//! `askwell openapi`: the description of the API, for generators of clients.

/// Prints the description as JSON.
pub(super) fn run() -> anyhow::Result<()> {
    super::print(&format!("{:#}\n", askwell_server::openapi()))
}

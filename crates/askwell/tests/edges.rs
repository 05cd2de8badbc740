//! The walls of the house: which crate may know which. A new edge is a
//! decision, made here and in `ARCHITECTURE.md`, never an accident.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Normal dependencies between our crates, exactly.
const EDGES: [(&str, &[&str]); 11] = [
    ("askwell-core", &[]),
    ("askwell-app", &["askwell-core"]),
    ("askwell-sqlite", &["askwell-app", "askwell-core"]),
    ("askwell-files", &["askwell-app", "askwell-core"]),
    ("askwell-delivery", &["askwell-app"]),
    ("askwell-identity", &["askwell-app", "askwell-core"]),
    ("askwell-server", &["askwell-app", "askwell-core"]),
    ("askwell-testkit", &["askwell-app", "askwell-core"]),
    // Never shipped: it tries the doors of all others.
    (
        "askwell-fuzz",
        &[
            "askwell-app",
            "askwell-core",
            "askwell-delivery",
            "askwell-files",
            "askwell-identity",
            "askwell-server",
            "askwell-sqlite",
            "askwell-testkit",
        ],
    ),
    (
        "askwell",
        &[
            "askwell-app",
            "askwell-core",
            "askwell-delivery",
            "askwell-files",
            "askwell-identity",
            "askwell-server",
            "askwell-sqlite",
        ],
    ),
    // Never shipped: the same wiring as the program's, and what breaks it.
    (
        "askwell-torture",
        &[
            "askwell-app",
            "askwell-core",
            "askwell-delivery",
            "askwell-files",
            "askwell-identity",
            "askwell-server",
            "askwell-sqlite",
            "askwell-testkit",
        ],
    ),
];

/// What tests may use beside that.
const FOR_TESTS: [&str; 6] =
    ["askwell-core", "askwell-testkit", "askwell-sqlite", "askwell-files", "askwell-delivery", "askwell-identity"];

/// Foreign technology that the inner crates must not know.
const FORBIDDEN_IN_CORE: [&str; 16] = [
    "async-trait",
    "axum",
    "deadpool-postgres",
    "fs4",
    "futures",
    "hyper",
    "metrics",
    "rand",
    "redis",
    "reqwest",
    "rusqlite",
    "socketioxide",
    "tempfile",
    "tokio",
    "tokio-postgres",
    "tracing",
];
const FORBIDDEN_IN_APP: [&str; 12] = [
    "axum",
    "deadpool-postgres",
    "fs4",
    "hyper",
    "rand",
    "redis",
    "reqwest",
    "rusqlite",
    "socketioxide",
    "tempfile",
    "tokio-postgres",
    "tower",
];

/// The engine, the transport and the client each have one home.
const HOMES: [(&str, &[&str]); 9] = [
    ("argon2", &["askwell-identity"]),
    ("axum", &["askwell-server", "askwell-fuzz", "askwell-torture"]),
    ("hyper", &["askwell-server"]),
    ("rmcp", &["askwell-server"]),
    ("rusqlite", &["askwell-sqlite", "askwell", "askwell-torture"]),
    ("reqwest", &["askwell-delivery", "askwell", "askwell-torture"]),
    ("jsonwebtoken", &["askwell-identity"]),
    ("openidconnect", &["askwell-identity"]),
    ("webauthn-rs", &["askwell-identity"]),
];

#[expect(clippy::unwrap_used, reason = "without metadata there is nothing to test")]
fn packages() -> BTreeMap<String, Package> {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    metadata.packages.into_iter().map(|package| (package.name.to_string(), package)).collect()
}

fn names(package: &Package, kinds: &[DependencyKind]) -> BTreeSet<String> {
    let of_kind = package.dependencies.iter().filter(|dependency| kinds.contains(&dependency.kind));
    of_kind.map(|dependency| dependency.name.clone()).collect()
}

const SHIPPED: [DependencyKind; 2] = [DependencyKind::Normal, DependencyKind::Build];

#[test]
fn edges_between_our_crates_are_the_allowed_ones() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.keys().map(String::as_str).collect();
    assert_eq!(ours, EDGES.iter().map(|(name, _)| *name).collect(), "every crate has its line here");
    for (name, allowed) in EDGES {
        let package = &packages[name];
        let mut edges = names(package, &SHIPPED);
        edges.retain(|name| ours.contains(name.as_str()));
        assert_eq!(edges.iter().map(String::as_str).collect::<Vec<_>>(), allowed, "{name}");
        for extra in names(package, &[DependencyKind::Development]) {
            let is_allowed = !ours.contains(extra.as_str()) || FOR_TESTS.contains(&extra.as_str());
            assert!(is_allowed, "{name} must not test with {extra}");
        }
    }
}

#[test]
fn the_inner_crates_know_no_technology() {
    let packages = packages();
    for (name, forbidden) in [("askwell-core", &FORBIDDEN_IN_CORE[..]), ("askwell-app", &FORBIDDEN_IN_APP[..])] {
        let used = names(&packages[name], &SHIPPED);
        let found: Vec<_> = forbidden.iter().filter(|name| used.contains(**name)).collect();
        assert!(found.is_empty(), "{name} must not know {found:?}");
    }
}

#[test]
fn each_technology_stays_in_its_home() {
    for (name, package) in packages() {
        let used = names(&package, &SHIPPED);
        for (technology, homes) in HOMES {
            assert!(!used.contains(technology) || homes.contains(&name.as_str()), "{name} must not know {technology}");
        }
    }
}

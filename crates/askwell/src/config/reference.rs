//! The reference page and the example file, made from the tables of keys.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::sections;

/// A tree of values as YAML: sections, keys, and each value in JSON form, which YAML reads too.
pub(crate) fn yaml(tree: &Map<String, Value>) -> String {
    let mut text = String::new();
    for (section, content) in tree {
        let _ = writeln!(text, "{section}:");
        for (key, value) in content.as_object().into_iter().flatten() {
            let _ = writeln!(text, "  {key}: {value}");
        }
    }
    text
}

/// `docs/reference/configuration.md`.
#[cfg(test)]
fn reference() -> String {
    let mut text = String::from(INTRODUCTION);
    for (section, about, keys) in sections() {
        let _ = write!(
            text,
            "\n## `{section}`\n\n{about}\n\n| Key | What it does | Expected | Default |\n|---|---|---|---|\n"
        );
        for key in keys {
            let cell = |text: &str| text.replace('|', "\\|");
            let default = key.default.to_string();
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | `{}` |",
                key.name,
                cell(&key.doc),
                cell(&key.expected),
                cell(&default)
            );
        }
    }
    text
}

/// `config.example.yaml`: every key at its default, commented out.
pub(crate) fn example() -> String {
    let mut text = String::from(EXAMPLE_HEAD);
    for (section, about, keys) in sections() {
        let _ = write!(text, "\n{}{section}:\n", comment("", &about));
        for key in keys {
            let default = key.default.to_string().replace("<data_dir>", "data");
            text.push_str(&comment("  ", &key.doc));
            let _ = writeln!(text, "  # {}: {default}", key.name);
        }
    }
    text
}

/// A paragraph as comment lines of at most 100 characters.
fn comment(indent: &str, paragraph: &str) -> String {
    let mut lines = vec![String::new()];
    for word in paragraph.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => word.clone_into(line),
            Some(line) if line.len() + word.len() < 96 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().fold(String::new(), |text, line| text + indent + "## " + line + "\n")
}

const EXAMPLE_HEAD: &str = "\
## Askwell configuration. Start with: askwell serve --config config.yaml
## Every key stands here at its default; remove the `# ` before a key to change it.
";

#[cfg(test)]
const INTRODUCTION: &str = "\
# Configuration

<!-- Made from the code: change a section's file in crates/askwell/src/config and run `UPDATE_DOCS=1 cargo test -p askwell`. -->

`askwell serve --config config.yaml` reads a YAML file; without one, the defaults below hold. `config.example.yaml`,
which `askwell config --example` prints, has every key. Flags win over the environment, the environment over the file,
the file over the defaults:

| Source | Form |
|---|---|
| Flags | `--host`, `--port`, `--data-dir`, `--debug` |
| Environment | `ASKWELL__SECTION__KEY`, e.g. `ASKWELL__SERVER__PORT=9000`; lists separated by commas or as JSON, nothing for null |
| File | `section:` and below it `key: value` |

A wrong value refuses to start and names file, line and key, what was found and what was expected. A key that is not
known is ignored with a warning that names the nearest known one. Times are in seconds; sizes are written like `10MB`
(MB = 2^20 bytes); relative paths are relative to the working directory. `askwell config` prints the effective
configuration with secrets masked.

The files of the original Human-in-the-Loop component are accepted key by key, with one exception: `host: 0.0.0.0`
without authentication stops with the line to add, because whoever can connect could then answer.

While authentication is off everybody who can connect is the owner. The server therefore listens on loopback only, and
serves other web origins only where they are loopback or named in `security.cors_origins`. A bind beyond this machine
needs `security.allow_unauthenticated_network: true`, for who puts a gate of their own in front.

With authentication on, any address may be listened on, and any name is served unless `security.allowed_hosts` lists
names. What browsers add to requests by themselves, cookies and passwords, is taken from the server's own page and from
origins named in `security.cors_origins`; with `*` pages of any origin may call with a token of their own. See the guide
[On a network](../guide/network.md).
";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Config, Sources, key_names, load_sources};
    use super::*;

    fn repository() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    fn in_step(path: &str, made: &str) {
        let path = repository().join(path);
        if super::super::environment_variable("UPDATE_DOCS").is_some() {
            std::fs::write(&path, made).unwrap();
        }
        let stands = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(stands == made, "{} is not in step: run `UPDATE_DOCS=1 cargo test -p askwell`", path.display());
    }

    #[test]
    fn documents_are_in_step_with_the_code() {
        in_step("docs/reference/configuration.md", &reference());
        in_step("config.example.yaml", &example());
    }

    #[test]
    fn the_example_holds_as_it_is_and_with_every_key_uncommented() {
        let load = |text: String| {
            let loaded = load_sources(&Sources { file: Some(("example".into(), text)), ..Sources::default() }).unwrap();
            assert_eq!(loaded.notices, Vec::<String>::new());
            loaded.config
        };
        let defaults = load(String::new());
        assert_eq!(load(example()), defaults);
        let uncommented: String = example()
            .lines()
            .filter(|line| !line.trim_start().starts_with("##"))
            .map(|line| line.replacen("# ", "", 1) + "\n")
            .collect();
        assert_eq!(load(uncommented.clone()), defaults);
        for key in key_names() {
            let name = key.split('.').nth(1).unwrap();
            assert!(uncommented.contains(&format!("\n  {name}: ")), "{key}");
        }
    }

    #[test]
    fn the_effective_configuration_reads_back() {
        let text = yaml(&Config::default().show());
        let loaded = load_sources(&Sources { file: Some(("shown".into(), text)), ..Sources::default() }).unwrap();
        assert_eq!(loaded.config.session, Config::default().session);
    }
}

//! A page that is built later, or anew, is embedded at the next build.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}

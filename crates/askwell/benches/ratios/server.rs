//! The servers, each in a process of its own: the real binary, and those that this program becomes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process};

const BINARY: &str = env!("CARGO_BIN_EXE_askwell");

/// What makes a server ask who one is, and lets everybody do it as often as they can.
pub(crate) const ACCOUNTS: &[(&str, &str)] = &[
    ("ASKWELL__SECURITY__ENABLE_AUTH", "true"),
    ("ASKWELL__LIMITS__CREATE_PER_MINUTE", "0"),
    ("ASKWELL__LIMITS__MAX_OPEN", "0"),
    ("ASKWELL__LIMITS__LOGIN_PER_ACCOUNT", "0"),
    ("ASKWELL__LIMITS__LOGIN_PER_ADDRESS", "0"),
];

/// The servers that run now.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Makes a panic end the measurement, on whichever thread, and all servers with it: else somebody would wait for ever.
pub(crate) fn end_with_a_panic() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        for id in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = kill_process(Pid::from_raw(id.cast_signed()).unwrap(), Signal::KILL);
        }
        std::process::exit(101);
    }));
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts the binary as it comes on a free port.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::configured(folder, &[])
    }

    /// Starts the binary with these choices, and waits until it says where it listens.
    pub(crate) fn configured(folder: &Path, choices: &[(&str, &str)]) -> Self {
        let mut command = Command::new(BINARY);
        command.current_dir(folder).args(["serve", "--port", "0", "--data-dir"]).arg(folder.join("data"));
        command.env("ASKWELL__LOGGING__LEVEL", "WARNING").envs(choices.iter().copied());
        Self::run(&mut command)
    }

    /// Starts this program in one of its roles.
    pub(crate) fn role(role: &str, folder: &Path) -> Self {
        Self::run(Command::new(std::env::current_exe().unwrap()).arg(role).arg(folder))
    }

    fn run(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        RUNNING.lock().unwrap().push(child.id());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().unwrap().unwrap();
            if let Some((_, rest)) = line.split_once("http://127.0.0.1:") {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                break digits.parse().unwrap();
            }
        };
        // Whoever stops reading would block the writer one day.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }

    /// Resident memory in bytes.
    pub(crate) fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse().unwrap();
        kib * 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|id| *id != self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says where a role of this program listens.
pub(crate) fn say_listening(listener: &tokio::net::TcpListener) {
    println!("http://{}", listener.local_addr().unwrap());
}

/// Runs a command of the binary on a data directory that no server holds: its output.
pub(crate) fn command(folder: &Path, arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(BINARY);
    command.current_dir(folder).args(arguments).arg("--data-dir").arg(folder.join("data"));
    command.envs(ACCOUNTS.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

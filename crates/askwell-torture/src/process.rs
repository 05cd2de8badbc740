//! The server as a child process on a data directory of its own: started, killed, stopped, continued, started again.
//!
//! Invariant: its port is the same after a restart, and it ends with this value, by its own id.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::clients::{Receiver, Rest};
use crate::plant::Plant;

/// Longer than a start takes on the slowest machine, with a log to recover.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is started.
#[derive(Clone, Debug)]
pub(crate) enum Program {
    /// The program that people get.
    Shipped(PathBuf),
    /// The same wiring in this program, with a bug.
    Planted(Plant),
}

impl Program {
    /// The shipped program, or this one where a bug is asked for. Without `ASKWELL_BIN` it lies beside this program.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn find(plant: Option<Plant>) -> anyhow::Result<Self> {
        if let Some(plant) = plant {
            return Ok(Self::Planted(plant));
        }
        #[expect(clippy::disallowed_methods, reason = "which program is tortured is said by the environment alone")]
        let given = std::env::var("ASKWELL_BIN").ok().filter(|path| !path.is_empty()).map(PathBuf::from);
        let path = given.unwrap_or(std::env::current_exe()?.with_file_name("askwell"));
        if !path.is_file() {
            bail!("there is no program {}: `make torture` builds it, ASKWELL_BIN names another", path.display());
        }
        Ok(Self::Shipped(path))
    }
}

/// A data directory, and the process that owns it while there is one.
#[derive(Debug)]
pub(crate) struct Process {
    program: Program,
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Process {
    /// Starts one in a temporary folder, on a free port.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn start(program: Program) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let mut process = Self { program, folder, port: 0, child: None };
        process.restart().await?;
        Ok(process)
    }

    /// Starts it again, where it was.
    ///
    /// # Errors
    /// It does not start: what it said.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<()> {
        let log = self.folder.path().join("errors.txt");
        let errors = std::fs::OpenOptions::new().append(true).create(true).open(&log)?;
        let mut command = self.command()?;
        command.stdout(Stdio::piped()).stderr(errors).stdin(Stdio::null());
        let child = self.child.insert(command.spawn().context("the server cannot be started")?);
        let lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let (tell, told) = oneshot::channel();
        // A thread that ends with the process: whoever stops reading would block the writer one day.
        std::thread::spawn(move || {
            let mut tell = Some(tell);
            for line in lines.map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("http://127.0.0.1:") {
                    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                    let _ = digits.parse().map(|port: u16| tell.take().map(|tell| tell.send(port)));
                }
            }
        });
        let port = timeout(PATIENCE, told).await.context("the server did not start in time")?;
        self.port = port.map_err(|_| anyhow!("the server ended before it listened: {}", self.errors()))?;
        Ok(())
    }

    fn command(&self) -> anyhow::Result<Command> {
        let data = self.data();
        let port = self.port.to_string();
        let mut command = match &self.program {
            Program::Shipped(path) => Command::new(path),
            Program::Planted(_) => Command::new(std::env::current_exe()?),
        };
        command.current_dir(self.folder.path()).arg("serve").args(["--port", &port, "--data-dir"]).arg(data);
        match &self.program {
            Program::Shipped(_) => {
                command.env("ASKWELL__LOGGING__LEVEL", "WARNING");
                command.env("ASKWELL__WEBHOOKS__SECRET", Receiver::SECRET);
                command.env("ASKWELL__INTEGRATION__WORKFLOW_CALLBACK_TIMEOUT", "2");
            }
            Program::Planted(plant) => {
                command.args(["--plant", plant.name()]);
            }
        }
        Ok(command)
    }

    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        Path::join(self.folder.path(), "data")
    }

    /// A client of it.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub(crate) fn rest(&self) -> anyhow::Result<Rest> {
        Rest::new(format!("http://127.0.0.1:{}", self.port))
    }

    /// Kills it, at once, wherever it is.
    ///
    /// # Errors
    /// It had ended by itself.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("it does not run")?;
        if let Some(status) = child.try_wait()? {
            bail!("the server ended by itself: {status}; it said: {}", self.errors());
        }
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    /// It does not within ten seconds, or ends otherwise than well.
    pub(crate) async fn stop(&mut self) -> anyhow::Result<()> {
        self.signal(Signal::TERM)?;
        let mut child = self.child.take().context("it does not run")?;
        let status = ended(&mut child, Duration::from_secs(15)).await?;
        anyhow::ensure!(status.success(), "it ended with {status}");
        Ok(())
    }

    /// Stops it in its tracks: nothing of it runs until [`Self::thaw`].
    ///
    /// # Errors
    /// It does not run.
    pub(crate) fn freeze(&self) -> anyhow::Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// It does not run.
    pub(crate) fn thaw(&self) -> anyhow::Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let id = self.child.as_ref().map(Child::id).context("it does not run")?;
        let pid = Pid::from_raw(i32::try_from(id)?).context("it does not run")?;
        Ok(kill_process(pid, signal)?)
    }

    /// Has the shipped program judge the audit of the data directory: what is wrong with it.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) async fn verify_audit(&self) -> anyhow::Result<Result<(), String>> {
        let Program::Shipped(path) = &self.program else { return Ok(Ok(())) };
        let mut command = Command::new(path);
        command.current_dir(self.folder.path()).args(["audit", "verify", "--data-dir"]).arg(self.data());
        let output = tokio::task::spawn_blocking(move || command.output()).await?;
        let output = output.context("the audit cannot be verified")?;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Ok(if output.status.success() { Ok(()) } else { Err(said) })
    }

    /// The end of what it said on standard error.
    pub(crate) fn errors(&self) -> String {
        let said = std::fs::read_to_string(self.folder.path().join("errors.txt")).unwrap_or_default();
        tail(&said).to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// How a process ended.
async fn ended(child: &mut Child, patience: Duration) -> anyhow::Result<ExitStatus> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if began.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            bail!("it did not stop within {patience:?}");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The last lines of a text.
fn tail(text: &str) -> &str {
    const LINES: usize = 20;
    let start = text.rmatch_indices('\n').nth(LINES).map_or(0, |(at, _)| at + 1);
    &text[start..]
}

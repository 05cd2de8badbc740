//! One thread that writes the log, behind a queue that never blocks.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use file_rotate::compression::Compression;
use file_rotate::suffix::AppendCount;
use file_rotate::{ContentLimit, FileRotate};
use tracing_subscriber::fmt::MakeWriter;

use crate::config::Logging;

/// Lines that wait at most; more are dropped.
const QUEUED: usize = 8192;

/// How long a log file that failed is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// The counter of dropped lines.
pub(super) const DROPPED: &str = "askwell_log_lines_dropped_total";

enum Entry {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// The way into the log.
#[derive(Clone, Debug)]
pub(super) struct LogQueue {
    sender: SyncSender<Entry>,
    dropped: Arc<AtomicU64>,
}

impl LogQueue {
    /// Starts the thread that writes.
    pub(super) fn start(mut sinks: Sinks) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(QUEUED);
        let dropped = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&dropped);
        std::thread::Builder::new().name("log".into()).spawn(move || sinks.run(&receiver, &count))?;
        Ok(Self { sender, dropped })
    }

    /// Waits until what was logged before is written, but not longer than `patience`.
    pub(super) fn flush(&self, patience: Duration) {
        let (done, is_done) = sync_channel(1);
        let deadline = Instant::now() + patience;
        let mut entry = Entry::Flush(done);
        while let Err(TrySendError::Full(again)) = self.sender.try_send(entry) {
            if Instant::now() >= deadline {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
            entry = again;
        }
        let _ = is_done.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    }
}

/// Takes one formatted line.
#[derive(Debug)]
pub(super) struct LineWriter<'a>(&'a LogQueue);

impl Write for LineWriter<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.sender.try_send(Entry::Line(line.to_vec())).is_err() {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
            metrics::counter!(DROPPED).increment(1);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogQueue {
    type Writer = LineWriter<'a>;

    fn make_writer(&'a self) -> LineWriter<'a> {
        LineWriter(self)
    }
}

/// Where lines end up.
pub(super) struct Sinks {
    console: bool,
    file: Option<LogFile>,
}

impl Sinks {
    /// Console, and the file if one is configured.
    pub(super) fn new(logging: &Logging) -> Self {
        let max_size = usize::try_from(logging.max_size.0).unwrap_or(usize::MAX);
        let limit = if max_size == 0 || logging.backup_count == 0 {
            ContentLimit::None
        } else {
            ContentLimit::BytesSurpassed(max_size)
        };
        let file = logging.file.as_ref().map(|file| LogFile {
            path: file.path().to_owned(),
            limit,
            backups: logging.backup_count.into(),
            open: None,
            not_before: None,
        });
        Self { console: true, file }
    }

    #[cfg(test)]
    pub(super) fn without_console(mut self) -> Self {
        self.console = false;
        self
    }

    fn run(&mut self, receiver: &Receiver<Entry>, dropped: &AtomicU64) {
        while let Ok(entry) = receiver.recv() {
            match entry {
                Entry::Line(line) => self.write(&line),
                Entry::Flush(done) => {
                    let _ = done.try_send(());
                }
            }
            let missing = dropped.swap(0, Ordering::Relaxed);
            if missing > 0 {
                self.write(format!("({missing} log lines were dropped here: the log could not keep up)\n").as_bytes());
            }
        }
    }

    fn write(&mut self, line: &[u8]) {
        if self.console {
            let _ = io::stderr().lock().write_all(line);
        }
        if let Some(file) = &mut self.file
            && let Err(error) = file.write(line)
            && self.console
        {
            let path = file.path.display();
            let _ = writeln!(io::stderr().lock(), "log file {path} cannot be written, going on without it: {error}");
        }
    }
}

/// A log file that is put aside by size. The library beneath panics or goes
/// silent where the disk fails; here it is closed, and opened again later.
struct LogFile {
    path: PathBuf,
    limit: ContentLimit,
    backups: usize,
    open: Option<FileRotate<AppendCount>>,
    not_before: Option<Instant>,
}

impl LogFile {
    /// Writes a line. An error is told once; then the file is left alone for a while.
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.not_before.is_some_and(|instant| Instant::now() < instant) {
            return Ok(());
        }
        self.not_before = None;
        let result = catch_unwind(AssertUnwindSafe(|| {
            let mut file = match self.open.take() {
                Some(file) => file,
                None => open(&self.path, &self.limit, self.backups)?,
            };
            file.write_all(line)?;
            Ok(file)
        }));
        let mut failed = |error| {
            self.not_before = Some(Instant::now() + PAUSE);
            Err(error)
        };
        match result {
            Ok(Ok(file)) => {
                self.open = Some(file);
                Ok(())
            }
            Ok(Err(error)) => failed(error),
            Err(_) => failed(io::Error::other("it could not be put aside")),
        }
    }
}

fn open(path: &Path, limit: &ContentLimit, backups: usize) -> io::Result<FileRotate<AppendCount>> {
    let path = std::path::absolute(path)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // The library swallows the error of opening, so open once before it.
    OpenOptions::new().create(true).append(true).open(&path)?;
    let limit = match limit {
        ContentLimit::BytesSurpassed(bytes) => ContentLimit::BytesSurpassed(*bytes),
        _ => ContentLimit::None,
    };
    Ok(FileRotate::new(path, AppendCount::new(backups), limit, Compression::None, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_file(path: PathBuf, max_size: usize, backups: usize) -> LogFile {
        LogFile { path, limit: ContentLimit::BytesSurpassed(max_size), backups, open: None, not_before: None }
    }

    #[test]
    fn files_rotate_by_size_and_count_across_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs/a.log");
        for start in 0..2 {
            let mut file = log_file(path.clone(), 100, 2);
            for line in 0..20 {
                file.write(format!("{start} line {line:030}\n").as_bytes()).unwrap();
            }
        }
        let mut names: Vec<_> = std::fs::read_dir(folder.path().join("logs"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["a.log", "a.log.1", "a.log.2"]);
        for name in names {
            let text = std::fs::read_to_string(folder.path().join("logs").join(&name)).unwrap();
            assert!(text.len() <= 100 + 40, "{name}: {}", text.len());
            assert!(text.lines().all(|line| line.starts_with("1 line ")), "{name}: {text}");
        }
    }

    #[test]
    fn a_disk_that_fails_fails_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("blocked");
        std::fs::write(&blocked, "a file where a folder should be").unwrap();
        let mut file = log_file(blocked.join("a.log"), 100, 2);
        assert!(file.write(b"lost\n").is_err());
        assert!(file.write(b"lost, in silence\n").is_ok());
        std::fs::remove_file(&blocked).unwrap();
        file.not_before = None;
        file.write(b"kept\n").unwrap();
        assert_eq!(std::fs::read_to_string(blocked.join("a.log")).unwrap(), "kept\n");
    }

    #[test]
    fn what_does_not_fit_is_counted_and_dropped() {
        let (sender, _receiver) = sync_channel(1);
        let queue = LogQueue { sender, dropped: Arc::default() };
        for _ in 0..3 {
            queue.make_writer().write_all(b"line\n").unwrap();
        }
        assert_eq!(queue.dropped.load(Ordering::Relaxed), 2);
    }
}

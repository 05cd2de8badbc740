use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::stream;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;

const MANY: u64 = 1 << 30;

fn open() -> (TempDir, DiskBlobs) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = DiskBlobs::open(folder.path().join("files")).unwrap();
    (folder, blobs)
}

fn id(number: u128) -> FileId {
    FileId(Uuid::from_u128(number))
}

fn how(number: u128, name: &str, max_size: u64) -> BlobWrite {
    BlobWrite { id: id(number), name: name.to_owned(), max_size }
}

fn stream_of(chunks: Vec<io::Result<Bytes>>) -> ByteStream {
    Box::pin(stream::iter(chunks))
}

fn whole(bytes: &'static [u8]) -> ByteStream {
    stream_of(vec![Ok(Bytes::from_static(bytes))])
}

async fn read(blobs: &DiskBlobs, number: u128) -> Vec<u8> {
    let mut stream = blobs.read(id(number)).await.unwrap();
    let mut all = Vec::new();
    while let Some(chunk) = stream.next().await {
        all.extend_from_slice(&chunk.unwrap());
    }
    all
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Temporary files are removed on another thread; this waits until it got there.
async fn assert_nothing_left(folder: &TempDir) {
    let gone = async {
        while !files(folder.path()).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("something was left behind");
}

#[tokio::test]
async fn keeps_what_it_was_given() {
    let (_folder, blobs) = open();
    let stored = blobs.write(how(1, "a.json", MANY), whole(b"{}")).await.unwrap();
    let expected = StoredBlob {
        size: 2,
        sha256: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a".to_owned(),
        content_type: "application/json".to_owned(),
    };
    assert_eq!(stored, expected);
    assert_eq!(read(&blobs, 1).await, b"{}");
    let nothing = blobs.write(how(2, "empty.txt", 0), stream_of(Vec::new())).await.unwrap();
    assert_eq!((nothing.size, nothing.content_type.as_str()), (0, "text/plain"));
    assert_eq!(read(&blobs, 2).await, b"");
}

#[tokio::test]
async fn survives_being_opened_again() {
    let (folder, blobs) = open();
    blobs.write(how(1, "a", MANY), whole(b"kept")).await.unwrap();
    let again = DiskBlobs::open(folder.path().join("files")).unwrap();
    assert_eq!(read(&again, 1).await, b"kept");
}

#[tokio::test]
async fn stops_reading_at_the_first_byte_too_many() {
    let (folder, blobs) = open();
    let read = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&read);
    let endless = stream::repeat_with(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(Bytes::from_static(&[0; 1000]))
    });
    let error = blobs.write(how(1, "a", 2_999), Box::pin(endless)).await.unwrap_err();
    assert!(matches!(error, BlobError::TooLarge { limit: 2_999 }), "{error:?}");
    assert_eq!(read.load(Ordering::Relaxed), 3);
    assert_nothing_left(&folder).await;
    assert!(matches!(blobs.read(id(1)).await.map(drop), Err(BlobError::Missing)));
    assert_eq!(blobs.write(how(1, "a", 4), whole(b"just")).await.unwrap().size, 4);
}

#[tokio::test]
async fn a_large_one_too_many_leaves_nothing() {
    let (folder, blobs) = open();
    let large = Bytes::from(vec![7; BATCH]);
    let chunks = std::iter::repeat_with(|| Ok(large.clone())).take(4).collect();
    let error = blobs.write(how(1, "a", 3 * BATCH as u64), stream_of(chunks)).await.unwrap_err();
    assert!(matches!(error, BlobError::TooLarge { .. }), "{error:?}");
    assert_nothing_left(&folder).await;
}

#[tokio::test]
async fn an_interrupted_one_leaves_nothing() {
    let (folder, blobs) = open();
    for before in [0, 10, 2 * BATCH] {
        let broken = io::Error::from(io::ErrorKind::ConnectionReset);
        let chunks = vec![Ok(Bytes::from(vec![1; before])), Err(broken), Ok(Bytes::from_static(b"never read"))];
        let error = blobs.write(how(1, "a", MANY), stream_of(chunks)).await.unwrap_err();
        assert!(matches!(error, BlobError::Interrupted(_)), "{error:?}");
    }
    assert_nothing_left(&folder).await;
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_nothing() {
    let (folder, blobs) = open();
    let (notify, asked_for_more) = tokio::sync::oneshot::channel::<()>();
    let stalled = stream::once(async move {
        let _ = notify.send(());
        std::future::pending().await
    });
    let chunks = stream::iter([Ok(Bytes::from(vec![1; 2 * BATCH]))]).chain(stalled);
    tokio::select! {
        _ = blobs.write(how(1, "a", MANY), Box::pin(chunks)) => panic!("it never ends"),
        asked = asked_for_more => asked.unwrap(),
    }
    assert_nothing_left(&folder).await;
}

#[tokio::test]
async fn a_name_never_becomes_a_path() {
    let (folder, blobs) = open();
    let names = ["../../evil.txt", "/etc/passwd", "..", "a\0b.txt", "C:\\x.txt", "tmp/x", "", "\u{202e}txt.exe"];
    for (number, name) in (1..).zip(names) {
        blobs.write(how(number, name, MANY), whole(b"text")).await.unwrap();
        assert_eq!(read(&blobs, number).await, b"text");
    }
    let expected: Vec<_> = (1..).zip(names).map(|(number, _)| id(number).to_string()).collect();
    let mut found: Vec<_> =
        files(folder.path()).iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    found.sort();
    assert_eq!(found, expected);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_server_may_look() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, blobs) = open();
    blobs.write(how(0xab, "a", MANY), whole(b"x")).await.unwrap();
    let root = folder.path().join("files");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for place in [root.clone(), root.join("tmp"), root.join("ab")] {
        assert_eq!(mode(&place), 0o700, "{}", place.display());
    }
    assert_eq!(mode(&root.join("ab").join(id(0xab).to_string())), 0o600);
}

#[tokio::test]
async fn many_at_once_do_not_mix() {
    let (folder, blobs) = open();
    let writes = (0..64_u8).map(|number| {
        let blobs = blobs.clone();
        async move {
            let chunks = (0..20).map(|_| Ok(Bytes::from(vec![number; 40_000]))).collect();
            blobs.write(how(number.into(), "a.bin", MANY), stream_of(chunks)).await.unwrap()
        }
    });
    let stored = futures::future::join_all(writes).await;
    for (number, stored) in (0..64_u8).zip(stored) {
        assert_eq!(stored.size, 800_000);
        assert!(read(&blobs, number.into()).await.iter().all(|byte| *byte == number));
    }
    assert_eq!(files(folder.path()).len(), 64);
}

#[tokio::test]
async fn missing_is_missing_and_removing_it_is_no_error() {
    let (folder, blobs) = open();
    assert!(matches!(blobs.read(id(1)).await.map(drop), Err(BlobError::Missing)));
    blobs.remove(id(1)).await.unwrap();
    blobs.write(how(1, "a", MANY), whole(b"x")).await.unwrap();
    blobs.remove(id(1)).await.unwrap();
    blobs.remove(id(1)).await.unwrap();
    assert!(matches!(blobs.read(id(1)).await.map(drop), Err(BlobError::Missing)));
    assert!(files(folder.path()).is_empty());
}

#[tokio::test]
async fn collects_what_is_old() {
    let (folder, blobs) = open();
    let root = folder.path().join("files");
    for number in 1..=3 {
        blobs.write(how(number, "a", MANY), whole(b"x")).await.unwrap();
    }
    let orphan = root.join("tmp").join("left by a crash");
    let young = root.join("tmp").join("on its way");
    let foreign = root.join("01").join("notes.txt");
    let misplaced = root.join("02").join(id(1).to_string());
    for path in [&orphan, &young, &foreign, &misplaced] {
        std::fs::write(path, b"x").unwrap();
    }
    let age = |path: &Path| {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        let modified = file.metadata().unwrap().modified().unwrap();
        file.set_modified(modified - Duration::from_hours(2)).unwrap();
    };
    for path in [&orphan, &foreign, &misplaced, &blobs.layout.path(id(1)), &blobs.layout.path(id(3))] {
        age(path);
    }
    let mut found = blobs.older_than(Duration::from_hours(1)).await.unwrap();
    found.sort();
    assert_eq!(found, [id(1), id(3)]);
    assert!(!orphan.exists() && young.exists() && foreign.exists() && misplaced.exists());
    assert_eq!(blobs.older_than(Duration::ZERO).await.unwrap().len(), 3);
    assert!(!young.exists());
}

#[tokio::test]
async fn a_disk_that_fails_is_unavailable_and_recovers() {
    let (folder, blobs) = open();
    let root = folder.path().join("files");
    std::fs::remove_dir_all(&root).unwrap();
    let error = blobs.write(how(1, "a", MANY), whole(b"x")).await.unwrap_err();
    assert!(matches!(error, BlobError::Unavailable(_)), "{error:?}");
    assert!(matches!(blobs.older_than(Duration::ZERO).await, Err(BlobError::Unavailable(_))));
    let blobs = DiskBlobs::open(root).unwrap();
    blobs.write(how(1, "a", MANY), whole(b"x")).await.unwrap();
}

#[tokio::test]
async fn a_failed_rename_leaves_nothing() {
    let (folder, blobs) = open();
    let path = blobs.layout.path(id(1));
    std::fs::create_dir_all(path.join("in the way")).unwrap();
    let error = blobs.write(how(1, "a", MANY), whole(b"x")).await.unwrap_err();
    assert!(matches!(error, BlobError::Unavailable(_)), "{error:?}");
    assert_nothing_left(&folder).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn size_and_hash_are_of_the_bytes(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 0..40), repeat in 1_usize..8) {
        let all: Vec<Bytes> = chunks.iter().cycle().take(chunks.len() * repeat).cloned().map(Bytes::from).collect();
        let bytes = all.concat();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (folder, blobs) = open();
            let size = bytes.len() as u64;
            let stored = blobs.write(how(1, "a.txt", size), stream_of(all.into_iter().map(Ok).collect())).await.unwrap();
            prop_assert_eq!(stored.size, size);
            let hash = crate::upload::hex(&Sha256::digest(&bytes));
            prop_assert_eq!(stored.sha256, hash);
            prop_assert_eq!(stored.content_type, crate::judge("a.txt", &bytes));
            prop_assert_eq!(read(&blobs, 1).await, bytes);
            prop_assert_eq!(files(folder.path()).len(), 1);
            Ok(())
        })?;
    }
}

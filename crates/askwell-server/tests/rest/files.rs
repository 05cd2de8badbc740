use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Method;
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::harness::{Harness, Reply, question};

const MULTIPART: (&str, &str) = ("content-type", "multipart/form-data; boundary=XX");

fn ask() -> Value {
    json!({ "interaction_data": { "interaction_type": "file_upload", "title": "配置", "message": "" } })
}

fn part(name: &str, file: &str, text: &str) -> String {
    format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n{text}\r\n")
}

async fn upload(server: &Harness, session: &str, body: String) -> Reply {
    server.call(Method::POST, &format!("{session}/files"), &[MULTIPART], body).await
}

#[tokio::test]
async fn a_file_comes_back_as_an_attachment() {
    let server = Harness::new().await;
    let session = server.open(&ask()).await;
    let body = part("file", "配置.txt", "hello") + "--XX--\r\n";
    let file = upload(&server, &session, body).await.expect(200)["file"].clone();
    assert_eq!((&file["name"], &file["size"]), (&json!("配置.txt"), &json!(5)));
    let list = server.get(&format!("{session}/files")).await.expect(200);
    assert_eq!(list["files"][0]["file_id"], file["file_id"]);
    let path = format!("{session}/files/{}", file["file_id"].as_str().unwrap());
    let got = server.get(&path).await;
    assert_eq!((got.status, &*got.bytes), (200, &b"hello"[..]));
    assert!(got.header("content-disposition").starts_with("attachment; filename=\"__.txt\"; filename*=UTF-8''%E9"));
    assert!(got.header("content-security-policy").contains("sandbox"));
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert_eq!(got.header("etag"), format!("\"{}\"", file["sha256"].as_str().unwrap()));
    let known = [("if-none-match", got.header("etag"))];
    let unchanged = server.call(Method::GET, &path, &known, "").await;
    assert_eq!((unchanged.status, unchanged.bytes.len()), (304, 0));
    let answer = json!({"response": {"files": [file["file_id"]]}});
    server.post(&format!("{session}/respond"), &answer).await.expect(200);
    server.delete(&path).await.problem(409, "upload_not_expected");
}

#[tokio::test]
async fn a_file_whose_bytes_are_all_there_at_once_is_taken() {
    let server = Harness::new().await;
    let session = server.open(&ask()).await;
    let size = 512 << 10;
    let text = part("file", "a.txt", &"x".repeat(size)) + "--XX--\r\n";
    let pieces: Vec<_> =
        text.as_bytes().chunks(16 << 10).map(Bytes::copy_from_slice).map(Ok::<_, Infallible>).collect();
    let body = Body::from_stream(stream::iter(pieces));
    let reply = server.call(Method::POST, &format!("{session}/files"), &[MULTIPART], body).await;
    assert_eq!(reply.expect(200)["file"]["size"], size);
}

#[tokio::test]
async fn a_file_whose_bytes_come_one_by_one_is_taken() {
    let server = Harness::new().await;
    let session = server.open(&ask()).await;
    let size = 512 << 10;
    let text = part("file", "a.txt", &"x".repeat(size)) + "--XX--\r\n";
    let pieces: Vec<_> = text.as_bytes().chunks(16 << 10).map(Bytes::copy_from_slice).collect();
    let paused = stream::iter(pieces).then(async |piece| {
        tokio::task::yield_now().await;
        Ok::<_, Infallible>(piece)
    });
    let reply = server.call(Method::POST, &format!("{session}/files"), &[MULTIPART], Body::from_stream(paused)).await;
    assert_eq!(reply.expect(200)["file"]["size"], size);
}

#[tokio::test]
async fn a_file_can_be_removed_before_the_answer() {
    let server = Harness::new().await;
    let session = server.open(&ask()).await;
    let body = part("file", "a.txt", "x") + "--XX--\r\n";
    let file = upload(&server, &session, body).await.expect(200);
    let path = format!("{session}/files/{}", file["file"]["file_id"].as_str().unwrap());
    server.delete(&path).await.expect(200);
    server.get(&path).await.problem(404, "file_not_found");
    server.get(&format!("{session}/files/nope")).await.problem(404, "file_not_found");
}

#[tokio::test]
async fn one_part_named_file_and_nothing_else() {
    let server = Harness::new().await;
    let session = server.open(&ask()).await;
    let end = "--XX--\r\n";
    let two = part("file", "a.txt", "a") + &part("file", "b.txt", "b") + end;
    upload(&server, &session, two).await.problem(400, "invalid_multipart");
    assert_eq!(server.get(&format!("{session}/files")).await.expect(200)["files"], json!([]));
    upload(&server, &session, part("other", "a.txt", "a") + end).await.problem(400, "invalid_multipart");
    upload(&server, &session, end.to_owned()).await.problem(400, "invalid_multipart");
    upload(&server, &session, part("file", "a.txt", "a")).await.problem(400, "upload_interrupted");
    let json = [("content-type", "application/json")];
    let reply = server.call(Method::POST, &format!("{session}/files"), &json, "{}").await;
    reply.problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn larger_than_a_body_but_not_than_the_limit() {
    let server = Harness::new().await;
    let session = server.open(&ask()).await;
    let large = part("file", "a.txt", &"x".repeat((1 << 20) + 1)) + "--XX--\r\n";
    let refused = upload(&server, &session, large).await.problem(413, "file_too_large");
    assert_eq!(refused["limit"], 1 << 20);
    let other = server.open(&question()).await;
    let body = part("file", "a.txt", "x") + "--XX--\r\n";
    upload(&server, &other, body).await.problem(409, "upload_not_expected");
}

#[tokio::test]
async fn a_name_is_short_and_names_no_folder() {
    let server = Harness::new().await;
    let session = server.open(&ask()).await;
    for (given, kept) in [
        ("../../etc/a.txt", "a.txt"),
        ("C:\\x\\b.txt", "b.txt"),
        ("..", "file"),
        ("folder/", "file"),
        ("审批.txt", "审批.txt"),
    ] {
        let file = upload(&server, &session, part("file", given, "x") + "--XX--\r\n").await.expect(200)["file"].clone();
        assert_eq!(file["name"], kept, "{given}");
        server.delete(&format!("{session}/files/{}", file["file_id"].as_str().unwrap())).await.expect(200);
    }
    let long = upload(&server, &session, part("file", &"名".repeat(256), "x") + "--XX--\r\n").await;
    assert_eq!(long.problem(422, "validation_failed")["errors"][0]["code"], "too_long");
}

#[tokio::test]
async fn what_stands_around_a_file_is_read_only_so_far() {
    let server = Harness::new().await;
    let session = server.open(&ask()).await;
    for start in ["", "--XX\r\nX-Endless: "] {
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        let filler = stream::repeat_with(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Bytes::from(vec![b'a'; 8 << 10])
        });
        let chunks = stream::once(ready(Bytes::from(start))).chain(filler.take(1_000)).map(Ok::<_, Infallible>);
        let reply =
            server.call(Method::POST, &format!("{session}/files"), &[MULTIPART], Body::from_stream(chunks)).await;
        reply.problem(400, "invalid_multipart");
        assert!(taken.load(Ordering::Relaxed) <= 10, "{} blocks were read", taken.load(Ordering::Relaxed));
    }
}

//! What the browser keeps, sends and reads.

use super::*;

fn page(html: &str) -> Page {
    Page {
        url: "http://127.0.0.1:9404/linked?session_id=x".parse().unwrap(),
        is_success: true,
        location: None,
        html: html.to_owned(),
    }
}

#[test]
fn a_cookie_goes_to_its_host_and_below_its_path() {
    let mut browser = Browser::default();
    browser.take("a=1; Path=/identities; HttpOnly; SameSite=Lax", "127.0.0.1");
    browser.take("b=2", "127.0.0.1");
    browser.take("c=3; Path=/", "localhost");
    let sent = |path| browser.cookies_for("127.0.0.1", path);
    assert_eq!(sent("/identities/oauth2"), "a=1; b=2");
    assert_eq!(sent("/identities"), "a=1; b=2");
    assert_eq!(sent("/identities-of-others"), "b=2");
    assert_eq!(sent("/"), "b=2");
}

#[test]
fn a_cookie_is_replaced_and_forgotten() {
    let mut browser = Browser::default();
    browser.take("a=1; Path=/x", "127.0.0.1");
    browser.take("a=2; Path=/x; Max-Age=600", "127.0.0.1");
    assert_eq!(browser.cookies_for("127.0.0.1", "/x"), "a=2");
    browser.take("a=; Path=/; Max-Age=0", "127.0.0.1");
    assert_eq!(browser.cookies_for("127.0.0.1", "/x"), "a=2");
    browser.take("a=; Path=/x; Max-Age=0", "127.0.0.1");
    assert_eq!(browser.cookies_for("127.0.0.1", "/x"), "");
}

#[test]
fn a_form_has_its_hidden_fields_and_leads_somewhere() {
    let html = "<body><form method=\"post\" action=\"/linked\">\
                <input type=\"hidden\" name=\"token\" value=\"a&amp;b&amp;lt;\">\
                <input type=\"checkbox\" name=\"understood\" value=\"yes\">\
                <button name=\"decision\" value=\"continue\">Continue</button></form>\
                <form action=\"/other\"><input type=\"hidden\" name=\"x\" value=\"y\"></form>";
    let form = page(html).form().unwrap().unwrap();
    assert_eq!(form.action.as_str(), "http://127.0.0.1:9404/linked");
    assert_eq!(form.hidden, [("token".to_owned(), "a&b&lt;".to_owned())]);
    assert!(page("<p>Done</p>").form().unwrap().is_none());
}

#[test]
fn a_page_is_told_by_its_words() {
    let html = "<!doctype html><title>No</title><body><h1>No</h1><p>You <b>can&#39;t</b>.</p>\n";
    assert_eq!(page(html).says(), "No You can't .");
}

#[tokio::test]
async fn a_password_is_typed_at_the_demo_provider_only() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let link = format!("http://{}/login", socket.local_addr().unwrap());
    // It shows the login page of the demo provider, and is another server.
    let impostor = async move {
        let (mut stream, _) = socket.accept().await.unwrap();
        let mut asked = [0; 4096];
        let length = stream.read(&mut asked).await.unwrap();
        let form = "<form method=\"post\" action=\"/login\"></form>";
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
        assert!(asked[..length].starts_with(b"GET /login "));
        // Kept, so that a second request would find somebody.
        socket
    };
    let person = Person {
        user: "alice",
        password: "a password",
        demo: &"http://127.0.0.1:1".parse().unwrap(),
    };
    let mut browser = Browser::default();
    let (outcome, _socket) = tokio::join!(browser.consent(&link, &person), impostor);
    let error = format!("{:#}", outcome.unwrap_err());
    assert!(
        error.contains("a form that is not known: /login"),
        "{error}"
    );
}

//! The login page, and the cookie of who is logged in.

use procura_demo::{DEMO_PASSWORD, DEMO_USERS};

use crate::browser::{Ask, Browser, app, hidden, location, parameter, served_for};
use crate::client::Served;

fn cookie_name(served: &Served) -> String {
    format!("demo_login_{}", served.address.port())
}

#[tokio::test]
async fn every_demo_user_logs_in_with_the_demo_password() {
    let served = served_for(app()).await;
    for user in DEMO_USERS {
        let mut browser = Browser::new(&served);
        let login = browser.ask(&Ask::new()).await;
        let consent = browser.log_in(&login, user).await;
        assert!(
            consent.body.contains(&format!("<strong>{user}</strong>")),
            "{user}"
        );
    }
}

#[tokio::test]
async fn a_wrong_user_or_password_shows_the_page_again() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let mut page = browser.ask(&Ask::new()).await;
    for (user, password) in [
        ("alice", "demo-passwor"),
        ("alice", ""),
        ("mallory", DEMO_PASSWORD),
        ("Alice", DEMO_PASSWORD),
        ("", ""),
    ] {
        let fields = [("username", user), ("password", password)];
        page = browser.submit(&page, &fields).await;
        assert_eq!(page.status, 403, "{user}");
        assert!(page.body.contains(&format!("value=\"{user}\"")), "{user}");
        assert_eq!(browser.get("/consent?request=x").await.status, 410);
    }
    // And then the right one, with the form that is shown.
    assert!(browser.log_in(&page, "alice").await.body.contains("Allow"));
}

#[tokio::test]
async fn a_login_changes_the_cookie() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let login = browser.ask(&Ask::new()).await;
    let line = login.header("set-cookie").unwrap();
    let name = cookie_name(&served);
    assert!(line.starts_with(&format!("{name}=")), "{line}");
    assert!(line.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{line}");
    let before = browser.cookies.clone();
    browser.log_in(&login, "alice").await;
    let after = browser.cookies.clone();
    assert_ne!(before, after);
    // Who put the first one there is not logged in.
    browser.cookies = before;
    assert!(browser.ask(&Ask::new()).await.body.contains("/login"));
    browser.cookies = after;
    let reply = browser.ask(&Ask::new()).await;
    assert!(reply.body.contains("/consent") && reply.header("set-cookie").is_none());
}

#[tokio::test]
async fn a_form_of_another_browser_is_refused() {
    let served = served_for(app()).await;
    let (mut attacker, mut victim) = (Browser::new(&served), Browser::new(&served));
    let attackers = attacker.ask(&Ask::new()).await;
    let victims = victim.ask(&Ask::new()).await;
    // The attacker has the victim's browser send the attacker's form: login CSRF.
    let credentials = [("username", "bob"), ("password", DEMO_PASSWORD)];
    assert_eq!(victim.submit(&attackers, &credentials).await.status, 403);
    // A browser without the cookie, as of a page of another site.
    let mut stranger = Browser::new(&served);
    assert_eq!(stranger.submit(&victims, &credentials).await.status, 403);
    // A form of another request, and one without its token.
    let mut fields = hidden(&victims.body);
    let other = hidden(&victim.ask(&Ask::new()).await.body);
    fields[1] = other[1].clone();
    fields.push(("username".to_owned(), "bob".to_owned()));
    fields.push(("password".to_owned(), DEMO_PASSWORD.to_owned()));
    assert_eq!(victim.post("/login", &fields).await.status, 403);
    fields.remove(1);
    assert_eq!(victim.post("/login", &fields).await.status, 400);
    assert_eq!(victim.submit(&victims, &credentials).await.status, 303);
}

#[tokio::test]
async fn a_user_stays_logged_in_until_the_client_asks_again() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    browser.allow(&Ask::new(), "alice").await;
    assert_eq!(browser.ask(&Ask::new()).await.status, 303);
    let again = browser.ask(&Ask::new().with("prompt", "login")).await;
    assert!(again.body.contains("action=\"/login\""));
    // Looking past the page does not help.
    let id = hidden(&again.body)[0].1.clone();
    let past = browser.get(&format!("/consent?request={id}")).await;
    assert!(past.body.contains("action=\"/login\""));
    let reply = browser.log_in(&again, "alice").await;
    assert!(parameter(&location(&reply), "code").is_some());
    let hinted = Ask::new()
        .with("prompt", "login")
        .with("login_hint", "carol");
    assert!(browser.ask(&hinted).await.body.contains("value=\"carol\""));
    served.clock.advance(8 * 3600);
    assert!(
        browser
            .ask(&Ask::new())
            .await
            .body
            .contains("action=\"/login\"")
    );
}

#[tokio::test]
async fn cookies_that_are_none_of_ours_log_nobody_in() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    browser.allow(&Ask::new(), "alice").await;
    let name = cookie_name(&served);
    let good = browser.cookies.get(&name).unwrap().clone();
    for lines in [
        format!("{name}={good}x"),
        format!("{name}="),
        format!("demo_login_1={good}"),
        // Two of a name: one of them was put there by somebody else.
        format!("{name}={good}; {name}={good}"),
    ] {
        let path = Ask::new().path();
        let reply = served.get_with(&path, &[("Cookie", &lines)]).await;
        assert!(reply.body.contains("action=\"/login\""), "{lines}");
        assert!(reply.header("set-cookie").is_some(), "{lines}");
    }
    let among_others = format!("a=b; {name}={good}; c=d");
    let path = Ask::new().path();
    let reply = served.get_with(&path, &[("Cookie", &among_others)]).await;
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn a_request_is_looked_at_for_ten_minutes() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let login = browser.ask(&Ask::new()).await;
    served.clock.advance(600);
    let fields = [("username", "alice"), ("password", DEMO_PASSWORD)];
    assert_eq!(browser.submit(&login, &fields).await.status, 410);
}

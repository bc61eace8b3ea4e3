//! The consent page, and what of it is remembered.

use procura_demo::DemoClient;

use crate::browser::{
    Ask, Browser, CALLBACK, app, hidden, location, parameter, redeem, served_for,
};

const ALLOW: [(&str, &str); 1] = [("decision", "allow")];

#[tokio::test]
async fn a_no_is_told_to_the_client_and_not_remembered() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let login = browser.ask(&Ask::new()).await;
    let consent = browser.log_in(&login, "alice").await;
    let url = location(&browser.submit(&consent, &[("decision", "deny")]).await);
    assert_eq!(parameter(&url, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&url, "state").as_deref(), Some("s-1"));
    assert_eq!(parameter(&url, "iss"), Some(served.provider.issuer()));
    // The answer stands.
    assert_eq!(browser.submit(&consent, &ALLOW).await.status, 410);
    assert!(browser.ask(&Ask::new()).await.body.contains("Allow"));
}

#[tokio::test]
async fn a_yes_is_remembered_for_the_user_the_client_and_the_scopes() {
    let mut other: DemoClient = app();
    other.id = "other".to_owned();
    let served = served_for(app()).await;
    served.provider.add_client(other);
    let mut browser = Browser::new(&served);
    let both = Ask::new().with("scope", "read repo");
    browser.allow(&both, "alice").await;
    let less = browser.ask(&Ask::new()).await;
    assert!(parameter(&location(&less), "code").is_some());
    let silent = browser.ask(&both.clone().with("prompt", "none")).await;
    assert!(parameter(&location(&silent), "code").is_some());
    for more in [
        Ask::new().with("scope", "read openid"),
        Ask::new().with("client_id", "other"),
        Ask::new().with("prompt", "consent"),
    ] {
        let reply = browser.ask(&more).await;
        assert!(
            reply.body.contains("action=\"/consent\""),
            "{}",
            more.path()
        );
    }
    let silent = Ask::new().with("client_id", "other").with("prompt", "none");
    let refused = location(&browser.ask(&silent).await);
    assert_eq!(
        parameter(&refused, "error").as_deref(),
        Some("consent_required")
    );
    let mut bob = Browser::new(&served);
    let login = bob.ask(&both).await;
    assert!(bob.log_in(&login, "bob").await.body.contains("Allow"));
}

#[tokio::test]
async fn only_the_browser_that_was_asked_can_answer() {
    let served = served_for(app()).await;
    let (mut victim, mut attacker) = (Browser::new(&served), Browser::new(&served));
    let login = victim.ask(&Ask::new()).await;
    let page = victim.log_in(&login, "alice").await;
    let login = attacker.ask(&Ask::new()).await;
    let attackers = attacker.log_in(&login, "bob").await;
    // The attacker's form in the victim's browser, and the victim's in the attacker's.
    assert_eq!(victim.submit(&attackers, &ALLOW).await.status, 403);
    assert_eq!(attacker.submit(&page, &ALLOW).await.status, 403);
    assert_eq!(
        Browser::new(&served).submit(&page, &ALLOW).await.status,
        403
    );
    // The token of the login form is none of the consent form.
    let mut fields = hidden(&page.body);
    let mut third = Browser::new(&served);
    third.cookies = victim.cookies.clone();
    let again = third.ask(&Ask::new().with("prompt", "login")).await;
    fields.clone_from(&hidden(&again.body));
    fields.push(("decision".to_owned(), "allow".to_owned()));
    assert_eq!(third.post("/consent", &fields).await.status, 403);
    let url = location(&victim.submit(&page, &ALLOW).await);
    assert!(parameter(&url, "code").is_some());
}

#[tokio::test]
async fn another_user_can_log_in_before_the_answer() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let login = browser.ask(&Ask::new()).await;
    let page = browser.log_in(&login, "alice").await;
    let reply = browser.submit(&page, &[("decision", "other_user")]).await;
    let login = browser.get(reply.header("location").unwrap()).await;
    assert!(login.body.contains("action=\"/login\""));
    assert_eq!(browser.submit(&page, &ALLOW).await.status, 403);
    let page = browser.log_in(&login, "bob").await;
    let url = location(&browser.submit(&page, &ALLOW).await);
    let code = parameter(&url, "code").unwrap();
    let reply = redeem(&served, &code, &[]).await.json();
    let header = format!("Bearer {}", reply["access_token"].as_str().unwrap());
    let whoami = served
        .get_with("/api/whoami", &[("Authorization", &header)])
        .await;
    assert_eq!(whoami.json()["user"], "bob");
}

#[tokio::test]
async fn a_page_gives_one_code() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let login = browser.ask(&Ask::new()).await;
    let page = browser.log_in(&login, "alice").await;
    let url = location(&browser.submit(&page, &ALLOW).await);
    assert!(url.as_str().starts_with(CALLBACK));
    assert_eq!(browser.submit(&page, &ALLOW).await.status, 410);
    assert_eq!(
        browser.submit(&page, &[("decision", "maybe")]).await.status,
        400
    );
    assert_eq!(browser.get("/consent").await.status, 400);
}

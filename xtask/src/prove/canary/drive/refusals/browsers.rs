//! Links, ways back and forms with a secret in the wrong place, at the API and at the service that
//! ends sessions.

use anyhow::Context as _;

use super::super::Drive;
use super::SESSION_OF_NOBODY;
use crate::prove::browser::Browser;
use crate::prove::canary::encoding::escaped;

impl Drive<'_> {
    /// What a browser can bring.
    pub(super) fn refuse_browsers(&mut self, secret: &str) -> anyhow::Result<()> {
        let text = escaped(secret);
        let urn = format!("urn:ietf:params:oauth:request_uri:{text}");
        let of_nobody = format!("{SESSION_OF_NOBODY}.{text}");
        let api = format!("http://{}/identities/oauth2", self.login.address);
        let binding = self.binding.as_ref().context("no service")?;
        let page = binding.origin.clone();
        let port = page.rsplit(':').next().unwrap_or_default();
        // Names that cookies of ours have.
        let names = [
            "procura_flow_0123456789ab".to_owned(),
            format!("procura_binding_{port}_login"),
            format!("procura_binding_{port}_visitor"),
        ];
        let forged = || Browser::with_cookies(names.iter().map(String::as_str), secret);
        for url in [
            format!("{api}/authorize?request_uri={text}"),
            format!("{api}/authorize?request_uri={urn}"),
            format!("{api}/authorize?{text}={text}"),
            format!("{api}/callback/{text}?code={text}&state={text}"),
            format!("{api}/callback/x?error={text}&error_description={text}&state={text}"),
            format!("{api}/callback/x?code={text}&code={text}&state={text}"),
            format!("{api}/callback/x?code={text}&error={text}&iss={text}"),
            format!("{page}/linked?session_id={text}"),
            format!("{page}/linked?session_id={urn}"),
            format!("{page}/linked?session_id={of_nobody}"),
            format!("{page}/linked?error={text}&session_id={urn}"),
            format!("{page}/login?session_id={text}&{text}"),
            format!("{page}/login?session_id={of_nobody}"),
            format!("{page}/callback?code={text}&state={text}&iss={text}"),
            format!("{page}/callback?error={text}&error_description={text}&state={text}"),
            format!("{page}/{text}?{text}"),
        ] {
            // One that has nothing, and one whose cookies are all this.
            for mut browser in [Browser::default(), forged()] {
                self.open(&mut browser, &url)?;
            }
        }
        for form in [
            format!("session_id={text}&token={text}&decision=continue"),
            format!("session_id={urn}&token={text}&decision={text}"),
            format!("session_id={of_nobody}&token={text}&decision=continue"),
            text.clone(),
        ] {
            self.send_form(&mut forged(), &format!("{page}/linked"), &form, "")?;
        }
        Ok(())
    }
}

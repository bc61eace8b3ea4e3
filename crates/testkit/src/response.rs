//! A response, as a client reads it.

use serde_json::Value;

/// A response, as a client reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Names in lower case, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The head of a response, without its empty line.
    pub(crate) fn parse_head(head: &[u8]) -> Self {
        let text = String::from_utf8(head.to_vec()).unwrap();
        let mut lines = text.split("\r\n");
        let status_line = lines.next().unwrap();
        let mut words = status_line.splitn(3, ' ');
        assert_eq!(words.next(), Some("HTTP/1.1"), "{status_line}");
        let status = words.next().unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        Self {
            status,
            headers: lines.map(header).collect(),
            body: Vec::new(),
        }
    }

    /// The value of a header that stands at most once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(header, _)| header == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} stands twice: {self:?}");
        value
    }

    /// The name of the exception.
    pub fn error_type(&self) -> Option<&str> {
        self.header("x-amzn-errortype")
    }

    /// The id of the audit record.
    pub fn record(&self) -> Option<&str> {
        self.header("x-procura-record")
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A member of the body that is text.
    pub fn member(&self, name: &str) -> String {
        let body = self.json();
        let member = body.get(name).and_then(Value::as_str);
        member
            .unwrap_or_else(|| panic!("no {name} in {body}"))
            .to_owned()
    }

    /// The names of the members of the body, sorted.
    pub fn members(&self) -> Vec<String> {
        let mut names: Vec<String> = self.json().as_object().unwrap().keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// This response, if it has this status.
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {:?}", self.text(), self.headers);
        self
    }

    /// This response, if it is this exception.
    #[track_caller]
    pub fn expect_error(self, status: u16, name: &str) -> Self {
        let found = (self.status, self.error_type());
        assert_eq!(
            found,
            (status, Some(name)),
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        assert!(!self.member("message").is_empty());
        self
    }

    /// This response, if it finds fault with this member of the input.
    #[track_caller]
    pub fn expect_invalid(self, field: &str) -> Self {
        let this = self.expect_error(400, "ValidationException");
        let body = this.json();
        assert_eq!(this.member("reason"), "FieldValidationFailed", "{body}");
        let fields = body.get("fieldList").and_then(Value::as_array).unwrap();
        let is_named = |entry: &Value| entry.get("name").is_some_and(|name| name == field);
        assert!(fields.iter().any(is_named), "{body}");
        this
    }

    /// What stands in the first XML element of this name.
    pub fn element(&self, name: &str) -> String {
        let text = self.text();
        let found = text
            .split_once(&format!("<{name}>"))
            .and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
        let (inner, _) = found.unwrap_or_else(|| panic!("no {name} in {text}"));
        inner.to_owned()
    }

    /// This response, if it is this error in XML.
    #[track_caller]
    pub fn expect_code(self, status: u16, code: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.element("Code"), code, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("text/xml"));
        assert!(!self.element("Message").is_empty());
        self
    }

    /// Whether `text` stands anywhere in it.
    pub fn holds(&self, text: &str) -> bool {
        let body = String::from_utf8_lossy(&self.body);
        body.contains(text) || self.headers.iter().any(|(_, value)| value.contains(text))
    }
}

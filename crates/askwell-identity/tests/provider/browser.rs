//! As much of a browser as it takes to sign in: cookies, redirects, forms.

use std::collections::BTreeMap;
use std::sync::Arc;

use askwell_app::ports::{FetchRequest, Fetched, Return, Sender};
use url::Url;

/// Where nobody listens a redirect ends, too.
const OUTSIDE: &str = "http://127.0.0.1:9/";

/// A browser with its cookies.
pub(crate) struct Browser {
    sender: Arc<dyn Sender>,
    cookies: BTreeMap<String, String>,
}

/// Where it came to.
pub(crate) struct Page {
    pub(crate) url: Url,
}

impl Page {
    /// What the provider sends back to `to`.
    pub(crate) fn answer(&self, to: &str) -> Return {
        assert!(self.url.as_str().starts_with(to), "{}", self.url);
        let of =
            |name: &str| self.url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
        Return { code: of("code"), state: of("state"), issuer: of("iss"), error: of("error") }
    }
}

impl Browser {
    pub(crate) fn new(sender: Arc<dyn Sender>) -> Self {
        Self { sender, cookies: BTreeMap::new() }
    }

    /// Opens a page and goes where it leads.
    pub(crate) async fn open(&mut self, url: &str) -> Page {
        let fetched = self.call("GET", url, "").await;
        self.follow(url, fetched).await
    }

    /// Submits the page's form and goes where it leads.
    pub(crate) async fn submit(&mut self, page: &Page, form: &str) -> Page {
        let fetched = self.post(page.url.as_str(), form).await;
        self.follow(page.url.as_str(), fetched).await
    }

    pub(crate) async fn post(&mut self, url: &str, form: &str) -> Fetched {
        self.call("POST", url, form).await
    }

    async fn follow(&mut self, from: &str, mut fetched: Fetched) -> Page {
        let mut url: Url = from.parse().unwrap();
        for _ in 0..10 {
            let location = fetched.headers.iter().find(|(name, _)| name == "location");
            let Some((_, location)) = location.filter(|_| (300..400).contains(&fetched.status)) else {
                assert_eq!(fetched.status, 200, "{url}: {}", String::from_utf8_lossy(&fetched.body));
                return Page { url };
            };
            url = url.join(location).unwrap();
            if url.as_str().starts_with(OUTSIDE) {
                return Page { url };
            }
            fetched = self.call("GET", url.as_str(), "").await;
        }
        panic!("{from} leads round in circles")
    }

    async fn call(&mut self, method: &str, url: &str, form: &str) -> Fetched {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = vec![("cookie".to_owned(), cookies.join("; "))];
        if method == "POST" {
            headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
        }
        let body = form.as_bytes().to_vec();
        let request = FetchRequest { method: method.into(), url: url.into(), headers, body };
        let fetched = self.sender.fetch(request).await.unwrap();
        for (_, cookie) in fetched.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        fetched
    }
}

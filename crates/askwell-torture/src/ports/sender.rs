//! The planted bug of callbacks: another body when one is tried again.

use std::sync::Arc;

use askwell_app::ports::{Delivery, FetchError, FetchRequest, Fetched, Permission, Sender, Sent};
use async_trait::async_trait;

/// The planted bug `changed_callback`.
pub(crate) struct PlantedSender(pub(crate) Arc<dyn Sender>);

#[async_trait]
impl Sender for PlantedSender {
    async fn send(&self, delivery: &Delivery) -> Sent {
        let mut changed = delivery.clone();
        if delivery.attempts_made > 0 {
            // Still the same JSON to whoever parses it; not to whoever verifies it.
            changed.body.push(' ');
        }
        self.0.send(&changed).await
    }

    async fn permission(&self, url: &str) -> Permission {
        self.0.permission(url).await
    }

    async fn fetch(&self, request: FetchRequest) -> Result<Fetched, FetchError> {
        self.0.fetch(request).await
    }
}

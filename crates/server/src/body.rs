//! Request bodies: capped one by one, and all together before a signature is checked.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that strangers may make us hold; counted in units of [`UNIT`].
#[derive(Debug, Clone)]
pub(crate) struct Budget(Arc<Semaphore>);

const UNIT: usize = 1024;

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is longer than the operation takes.
    TooLarge(usize),
    /// The node holds as many unproved bytes as it may.
    Busy,
    /// It did not arrive in time.
    Slow,
    /// The connection broke, or the framing is wrong.
    Broken,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / UNIT)))
    }

    fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).ok()?;
        Arc::clone(&self.0).try_acquire_many_owned(units).ok()
    }
}

/// A whole body, and the place in the budget that it holds until it is proved or refused.
pub(crate) struct Held {
    pub(crate) bytes: Bytes,
    pub(crate) place: OwnedSemaphorePermit,
}

/// Reads a body of at most `bytes_max`.
pub(crate) async fn read(
    mut body: Incoming,
    bytes_max: usize,
    budget: &Budget,
    timeout: Duration,
) -> Result<Held, Unread> {
    // What was announced is reserved; without an announcement, what could come.
    let announced = body.size_hint().exact().map(usize::try_from);
    let reserve = match announced {
        Some(Ok(length)) if length <= bytes_max => length,
        Some(_) => return Err(Unread::TooLarge(bytes_max)),
        None => bytes_max,
    };
    let place = budget.take(reserve).ok_or(Unread::Busy)?;
    let collect = async {
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Unread::Broken)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if whole.len() + data.len() > bytes_max {
                return Err(Unread::TooLarge(bytes_max));
            }
            whole.extend_from_slice(&data);
        }
        Ok(whole.freeze())
    };
    let bytes = tokio::time::timeout(timeout, collect)
        .await
        .map_err(|_| Unread::Slow)??;
    Ok(Held { bytes, place })
}

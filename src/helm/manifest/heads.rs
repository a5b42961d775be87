//! The heads of many documents at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::head::Head;
use super::skim;

/// So many bytes of documents are worth a second thread.
const LARGE: usize = 128 << 10;

/// The heads of those documents that are written as nearly all are; the others are for the YAML reader. Two threads share much work,
/// unless this is one of a pool, which has its share of the processors already.
pub(super) fn skim(texts: &[&[u8]]) -> Vec<Option<Head>> {
    let is_shared =
        texts.iter().map(|text| text.len()).sum::<usize>() >= LARGE && rayon::current_thread_index().is_none();
    if !is_shared {
        return texts.iter().map(|text| skim::head(text)).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || {
            let at = next.fetch_add(1, Ordering::Relaxed);
            texts.get(at).map(|text| (at, skim::head(text)))
        };
        std::iter::from_fn(take).collect::<Vec<_>>()
    };
    let done = thread::scope(|scope| {
        let other = thread::Builder::new().spawn_scoped(scope, work).ok();
        let mut done = work();
        // A thread that did not come to its end leaves its documents to the YAML reader.
        done.extend(other.and_then(|other| other.join().ok()).unwrap_or_default());
        done
    });
    let mut heads: Vec<Option<Head>> = texts.iter().map(|_| None).collect();
    for (at, head) in done {
        if let Some(place) = heads.get_mut(at) {
            *place = head;
        }
    }
    heads
}

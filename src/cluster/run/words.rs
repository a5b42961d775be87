//! What Helm says of a hook that it cannot send, in Helm's words.
//!
//! Mirrors the errors of `execHook` in `pkg/action/hooks.go` and of the resource builder behind it.

use crate::hooks::{DeletePolicy, Event, Hook, Method, ObjectRef, Refusal};

/// Why a hook's manifest cannot even be built into objects; `None` when nothing is known against it.
pub(super) fn refusal(hook: &Hook, event: Event) -> Option<String> {
    let deletes = deletes_first(hook);
    if hook.object.generate_name.is_some() && deletes {
        return Some("resource name may not be empty".to_owned());
    }
    let words = match hook.refusals.first()? {
        Refusal::NoName | Refusal::WrongCase(_) if hook.refusals.iter().all(is_nameless) => {
            return Some("resource name may not be empty".to_owned());
        }
        Refusal::EmptyList if hook.refusals.len() == 1 => {
            let words =
                if deletes { "object not found, skipping delete: no objects visited" } else { "no objects visited" };
            return Some(words.to_owned());
        }
        refusal => text(hook.refusals.iter().find(|refusal| !is_nameless(refusal)).unwrap_or(refusal)),
    };
    Some(unbuildable(hook, event, &words))
}

/// Helm's prefix for what its resource builder refuses.
pub(super) fn unbuildable(hook: &Hook, event: Event, words: &str) -> String {
    let what = if deletes_first(hook) { "deleting".to_owned() } else { event.name().to_owned() };
    format!("unable to build kubernetes object for {what} hook {}: {words}", hook.source.path)
}

/// Helm's words for a kind the server does not have.
pub(super) fn no_such_kind(object: &ObjectRef, message: &str) -> String {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let name = &object.name;
    format!(
        "resource mapping not found for name: {name:?} namespace: {namespace:?} from \"\": {message}; ensure CRDs are installed first"
    )
}

/// Why an object without a name cannot be applied; `None` when it can be sent.
pub(super) fn nameless_apply(object: &ObjectRef, method: Method) -> Option<&'static str> {
    (method == Method::Apply && object.name.is_empty()).then_some("resource name may not be empty")
}

/// Helm looks at what is there before it creates.
pub(super) fn deletes_first(hook: &Hook) -> bool {
    hook.delete_policies.has(DeletePolicy::BeforeHookCreation) && !hook.is_never_deleted()
}

fn is_nameless(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::NoName => true,
        Refusal::WrongCase(path) => {
            let last = path.rsplit('.').next().unwrap_or(path);
            last.eq_ignore_ascii_case("metadata") || last.eq_ignore_ascii_case("name")
        }
        _ => false,
    }
}

fn text(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotAString(path) => {
            let field = path.split('[').next().unwrap_or(path);
            let owner = if field.starts_with("metadata.") { "ObjectMeta." } else { "" };
            format!(
                "unable to decode \"\": json: cannot unmarshal a number or boolean into Go struct field {owner}{field} of type string"
            )
        }
        Refusal::WrongCase(path) => format!("{path} is written in another case than the API server reads"),
        Refusal::NoName => "resource name may not be empty".to_owned(),
        Refusal::NoType => "unable to decode \"\": Object 'Kind' or 'apiVersion' is missing".to_owned(),
        Refusal::EmptyList => "no objects visited".to_owned(),
        Refusal::Unreadable(words) => format!("unable to decode \"\": {words}"),
    }
}

//! The exceptions that operations declare.

use crate::generated::exceptions::STATUSES;

/// The status of an exception that some operation of ours declares, by the model.
pub fn exception_status(name: &str) -> Option<u16> {
    STATUSES
        .iter()
        .find(|(exception, _)| *exception == name)
        .map(|(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::exception_status;
    use crate::Operation;

    #[test]
    fn every_declared_error_has_a_status() {
        for operation in Operation::ALL {
            for error in operation.errors() {
                assert!(exception_status(error).is_some(), "{error}");
            }
        }
        assert_eq!(exception_status("ServiceQuotaExceededException"), Some(402));
        assert_eq!(exception_status("NoSuchException"), None);
    }
}

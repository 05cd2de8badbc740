//! Limits.

use std::net::IpAddr;

use crate::app::App;
use crate::error::AppError;

impl App {
    pub(crate) fn login_allowed(&self, _account: &str, _address: Option<IpAddr>) -> Result<(), AppError> {
        Ok(())
    }

    pub(crate) fn guest_allowed(&self, _address: Option<IpAddr>) -> Result<(), AppError> {
        Ok(())
    }
}

//! The contract of every engine, for this one.

mod support;

use support::TestEngine;

askwell_testkit::contract_tests!(TestEngine);

//! What every engine must do, whatever it is made of.
//!
//! An engine's tests implement [`Engine`] and name the suite:
//!
//! ```ignore
//! askwell_testkit::contract_tests!(MyEngine);
//! ```

pub mod accounts;
pub mod audit;
pub mod deliveries;
pub mod due;
pub mod feed;
pub mod files;
pub mod lists;
pub mod people;
pub mod purge;
pub mod requesters;
pub mod reviews;
pub mod sessions;
pub mod standing;
pub mod visible;

use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Clock, Commit, Ids, SessionStore, Store};
use askwell_core::{Now, Session};
use async_trait::async_trait;

use crate::fixtures::Question;
use crate::{TestClock, TestIds};

/// An engine under test, with a place of its own that nobody else uses.
#[async_trait]
pub trait Engine: Send + Sync + Sized + 'static {
    /// What it stores with.
    type Store: Store;

    /// Starts it, empty.
    async fn start() -> Self;

    /// What it stores with.
    fn store(&self) -> &Arc<Self::Store>;

    /// Closes it and opens it again, as after a restart.
    async fn reopen(self) -> Self;
}

/// An engine with a clock and ids.
pub(crate) struct World<E> {
    pub(crate) engine: E,
    pub(crate) clock: TestClock,
    pub(crate) ids: TestIds,
}

impl<E: Engine> World<E> {
    pub(crate) async fn new() -> Self {
        Self { engine: E::start().await, clock: TestClock::new(), ids: TestIds::default() }
    }

    pub(crate) fn store(&self) -> &E::Store {
        self.engine.store()
    }

    pub(crate) fn now(&self) -> Now {
        self.clock.now()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn question(&self) -> Question {
        Question::new(self.ids.session(), &self.now())
    }

    /// Opens a session and returns it.
    pub(crate) async fn open(&self, question: Question) -> Session {
        self.commit(question.open()).await
    }

    /// Commits and returns the session as it then is.
    pub(crate) async fn commit(&self, commit: Commit) -> Session {
        let session = commit.session.clone();
        self.store().commit(commit).await.expect("the commit is good");
        session
    }

    pub(crate) async fn reopen(self) -> Self {
        Self { engine: self.engine.reopen().await, ..self }
    }
}

/// Makes a `#[tokio::test]` of each test of the suite, for one engine.
#[macro_export]
macro_rules! contract_tests {
    ($engine:ident) => {
        $crate::contract_tests! { @suite $engine,
            sessions: [
                a_commit_is_read_back, a_restart_keeps_everything, a_stale_commit_changes_nothing,
                one_of_many_racers_wins, a_session_is_opened_once, the_same_key_finds_the_same_session,
                a_refused_create_leaves_its_key_free, a_refusal_fails_alone, both_lanes_are_served,
                counts_follow_each_commit, the_hook_sees_each_commit_once_and_before_its_caller,
                a_pickup_is_kept_once, several_events_of_one_commit_stay_together,
            ],
            feed: [
                the_feed_tells_every_event_in_order, cursors_rise_under_concurrent_commits,
                a_tailer_misses_nothing, history_is_one_session, cursors_are_recognised,
            ],
            due: [
                what_is_due_comes_first_to_last, nothing_is_early_when_the_wall_is_set_forward,
                nothing_is_early_when_the_wall_is_set_back, another_run_goes_by_the_wall,
                a_claim_wakes_when_it_lapses, those_that_wait_do_not_starve_those_that_are_due,
                closed_sessions_are_never_due,
            ],
            lists: [
                every_filter_filters, every_order_orders, pages_are_complete_and_disjoint,
                text_is_found_whatever_its_case, open_ones_are_counted, a_foreign_place_is_refused,
            ],
            visible: [
                a_list_shows_what_rights_say_and_no_more, statistics_count_what_rights_say,
                no_two_audiences_are_taken_for_one,
            ],
            accounts: [
                people_are_kept, one_of_many_changes_of_a_person_wins, tokens_are_kept, sign_ins_are_kept,
                a_guest_comes_in_once, passkeys_are_kept, the_epoch_rises_with_what_takes_rights_away,
                what_was_refused_is_no_act,
            ],
            people: [
                one_administrator_remains, the_first_administrator_is_made_once, sign_ins_end_with_a_change,
                whoever_no_longer_stands_changes_nobody, people_and_groups_are_found_by_a_part,
                sign_ins_that_are_over_are_forgotten,
            ],
            standing: [whoever_no_longer_stands_commits_nothing, nobody_stands_by_what_never_was],
            purge: [
                only_what_closed_long_ago_goes, what_still_owes_stays, the_floor_of_the_feed_rises,
                all_of_a_session_goes,
            ],
            requesters: [open_ones_are_counted_by_requester, a_session_is_found_by_its_key],
            reviews: [
                open_reviews_come_oldest_first, a_review_is_found_by_its_name, reviews_of_others_are_not_met,
            ],
            deliveries: [
                a_delivery_is_owed_with_its_commit, a_claim_leases, a_lease_ends, a_session_is_served_in_order,
                busy_endpoints_are_skipped, attempts_are_recorded, redelivery_starts_anew,
                deliveries_are_listed, the_next_is_told,
            ],
            audit: [
                what_is_recorded_is_kept, only_what_was_done_is_said, numbers_have_no_hole, entries_are_found,
            ],
            files: [
                an_upload_is_kept, a_closed_session_takes_none, an_answer_keeps_its_files,
                a_file_of_another_session_is_not_ready, orphans_are_found,
            ],
        }
    };
    (@suite $engine:ident, $($module:ident: [$($test:ident),* $(,)?],)*) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::contract::$module::$test::<super::$engine>().await;
            })*
        })*
    };
}

//! What `rmcp` asks of the server, answered by the modules beside this one.

use askwell_app::After;
use axum::http::request::Parts;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, CancelledNotificationParam, CompleteRequestParams,
    CompleteResult, GetPromptRequestParams, GetPromptResponse, GetTaskParams, GetTaskResult, Implementation,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, SubscribeRequestParams,
    SubscriptionFilter, Tool, UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tokio_util::task::TaskTracker;

use super::call::{Call, Leaving, Seats};
use super::updates::{ListensFrom, Subscriptions};
use super::{hints, resources, tasks, tools, updates};
use crate::identity::Identity;
use crate::state::Server;

/// One client: of a legacy session for as long as it lasts, else of one request.
#[derive(Clone, Debug)]
pub(super) struct Askwell {
    server: Server,
    /// Of a legacy session.
    subscriptions: Subscriptions,
    /// Calls that wait, where leaving one is to cancel its question.
    leaving: Leaving,
    seats: Seats,
    tasks: TaskTracker,
}

impl Askwell {
    pub(super) fn new(server: Server, tasks: TaskTracker) -> Self {
        Self {
            server,
            subscriptions: Subscriptions::default(),
            leaving: Leaving::default(),
            seats: Seats::default(),
            tasks,
        }
    }

    fn call(&self, context: RequestContext<RoleServer>) -> Result<Call, ErrorData> {
        let peer = context.peer.clone();
        let call = Call::of(&self.server, context, self.leaving.clone(), self.seats.clone())?;
        if let Some(over) = self.subscriptions.resume() {
            let (app, caller, held) = (call.app().clone(), call.caller.clone(), self.subscriptions.held_by());
            self.tasks.spawn(updates::tell_again(app, caller, held, peer, over));
        }
        Ok(call)
    }
}

impl ServerHandler for Askwell {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_resources_subscribe()
            // There are none; clients that look for some learn so without an error.
            .enable_prompts()
            .enable_completions()
            .enable_tasks()
            .build();
        let options = &self.server.options;
        let about = Implementation::new("askwell", options.service_version.clone())
            .with_title("Askwell")
            .with_description("Asks people, and waits for exactly one trustworthy answer");
        ServerConfig::new(capabilities).with_server_info(about).with_instructions(hints::INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::one(name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        // Boxed: most of it is needed only before and after the wait.
        Box::pin(tools::call(self.call(context)?, request)).await
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(resources::all())
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(resources::templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&self.call(context)?, &request.uri).await
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(Vec::new()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        Err(ErrorData::invalid_params(format!("there is no prompt {}", request.name), None))
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        resources::complete(&self.call(context)?, &request).await
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(updates::accepted(requested))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let call = self.call(context.request_context().clone())?;
        let parts = call.context.extensions.get::<Parts>();
        let from = parts.and_then(|parts| parts.extensions.get::<ListensFrom>());
        updates::listen(call.app(), &call.caller, from, &context).await.map_err(|error| call.refused(error))
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let unknown = || ErrorData::resource_not_found("there is no such resource", None);
        let place = request.uri.parse().map_err(|()| unknown())?;
        let peer = context.peer.clone();
        let call = self.call(context)?;
        let begun = self.subscriptions.add(place);
        let begun = begun.map_err(|_| ErrorData::invalid_params("too many subscriptions", None))?;
        if let Some(over) = begun {
            // Followed before the client hears that it subscribed: what changes from then on is told.
            let changes = match call.app().follow(&call.caller, After::Latest).await {
                Ok(changes) => changes,
                Err(error) => {
                    over.cancel();
                    self.subscriptions.remove(place);
                    return Err(call.refused(error));
                }
            };
            self.tasks.spawn(updates::tell(changes, self.subscriptions.held_by(), peer, over));
        }
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if let Ok(place) = request.uri.parse() {
            self.subscriptions.remove(place);
        }
        Ok(())
    }

    async fn on_cancelled(&self, notification: CancelledNotificationParam, context: NotificationContext<RoleServer>) {
        let Some(id) = notification.request_id.and_then(|request| self.leaving.take(&request)) else { return };
        let who = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get::<Identity>());
        let Some(who) = who else { return };
        let reason = who.locale.text("mcp-cancelled", &[]);
        if let Err(error) = self.server.app.cancel(&who.caller, id, reason, None).await {
            tracing::debug!(%error, "the question of a cancelled call stays as it is");
        }
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        tasks::get(&self.call(context)?, &request.task_id).await
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        // Nothing is ever asked of the client within a task, so there is nothing to take.
        tasks::known(&self.call(context)?, &request.task_id).await.map(|_| ())
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        tasks::cancel(&self.call(context)?, &request.task_id).await
    }
}

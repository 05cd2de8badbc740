//! What `rmcp` asks of the server, answered by the modules beside this one.

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, GetTaskParams, GetTaskResult, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, UpdateTaskParams,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::call::Call;
use super::{hints, tasks, tools};
use crate::state::Server;

/// One client: of a legacy session for as long as it lasts, else of one request.
#[derive(Clone, Debug)]
pub(super) struct Askwell {
    server: Server,
}

impl Askwell {
    pub(super) fn new(server: Server) -> Self {
        Self { server }
    }

    fn call(&self, context: RequestContext<RoleServer>) -> Result<Call, ErrorData> {
        Call::of(&self.server, context)
    }
}

impl ServerHandler for Askwell {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_tasks().build();
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

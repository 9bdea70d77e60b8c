/** The fixture of the made-up route, in the form that packages/core/test/contract.test.ts reads. */
const headers = {
  accept: "application/json",
  authorization: "Bearer <redacted>",
  "content-type": "application/json",
  "content-length": "LENGTH"
}

export const echoFixture = {
  call: "SoundEffect.echo",
  requests: [
    {
      what: "full",
      input: { text: "Hello", times: 2, receiveUrl: "https://example.com/hook" },
      request: {
        method: "POST",
        target: "/v1/task/echo",
        headers,
        body: '{"text":"Hello","times":2,"receive_url":"https://example.com/hook"}'
      }
    }
  ],
  replies: [{ what: "as documented", body: { success: true, task_id: "task_123" }, value: { id: "task_123" } }],
  results: [
    {
      what: "as documented",
      task: { id: "task_123", status: "done", credit_cost: 1, metadata: { said_back: "Hello Hello" } },
      value: { metadata: { saidBack: "Hello Hello" }, taskId: "task_123", creditCost: 1 }
    }
  ]
}

"""Cells of the official anthropic package."""

from anthropic import Anthropic, DefaultHttpxClient
from serve_cells import expect, raised, serve


def connect(question, watch):
    http = DefaultHttpxClient(event_hooks={"response": [watch.seen]})
    return Anthropic(api_key=question["key"], base_url=question["origin"], max_retries=0, http_client=http)


def usage_of(reply):
    usage = reply.usage
    cached = (usage.cache_read_input_tokens or 0) + (usage.cache_creation_input_tokens or 0)
    return {"input": usage.input_tokens + cached, "output": usage.output_tokens}


def text_of(reply):
    return "".join(block.text for block in reply.content if block.type == "text")


def ask(question):
    messages = [{"role": "user", "content": question["prompt"]}]
    return {"model": question["model"], "max_tokens": 2000, "messages": messages}


def tools(question):
    return [{"name": "weather", "description": "Weather of a city", "input_schema": question["schema"]}]


def text(client, question):
    reply = client.messages.create(**ask(question))
    expect(reply.stop_reason == "end_turn", "another end")
    return {"content": text_of(reply), "usage": usage_of(reply)}


def streaming(client, question):
    whole = text_of(client.messages.create(**ask(question)))
    with client.messages.stream(**ask(question)) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    expect("".join(pieces) == whole == text_of(final), "the stream's text is another one")
    expect(len(pieces) > 3, "it came in one piece")
    return {"content": text_of(final), "usage": usage_of(final)}


def tool(client, question):
    reply = client.messages.create(**ask(question), tools=tools(question))
    call = next(block for block in reply.content if block.type == "tool_use")
    expect(call.name == "weather" and set(call.input) == {"city", "unit"}, "another call")
    return {"content": call.input, "usage": usage_of(reply)}


def streamed_tool(client, question):
    with client.messages.stream(**ask(question), tools=tools(question)) as stream:
        final = stream.get_final_message()
    calls = [block.input for block in final.content if block.type == "tool_use"]
    expect(len(calls) == 2, "not two calls")
    return {"content": calls, "usage": usage_of(final)}


def tool_result(client, question):
    given = ask(question)
    first = client.messages.create(**given, tools=tools(question))
    calls = [block for block in first.content if block.type == "tool_use"]
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": "Sunny, 20 degrees."} for call in calls]
    given["messages"] += [{"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
    reply = client.messages.create(**given, tools=tools(question))
    return {"content": text_of(reply), "usage": usage_of(reply)}


def reasoning(client, question):
    given = {**ask(question), "thinking": {"type": "enabled", "budget_tokens": 1200}}
    first = client.messages.create(**given)
    thought = next(block for block in first.content if block.type == "thinking")
    expect(bool(thought.thinking and thought.signature), "no thinking")
    later = {"role": "user", "content": "And the late ones?"}
    given["messages"] += [{"role": "assistant", "content": first.content}, later]
    reply = client.messages.create(**given)
    return {"content": text_of(reply), "usage": usage_of(reply), "proof": thought.signature}


def refusal(client, question):
    return raised(lambda: client.messages.create(**ask(question)), question)


def abort(client, question):
    stream = client.messages.create(**ask(question), stream=True)
    said = ""
    for event in stream:
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            said += event.delta.text
        if said:
            break
    stream.close()
    return {"content": said, "usage": None}


def token_count(client, question):
    count = client.messages.count_tokens(model=question["model"], messages=ask(question)["messages"])
    reply = client.messages.create(**ask(question))
    expect(count.input_tokens == reply.usage.input_tokens, "the count is another one")
    return {"content": f"{count.input_tokens} tokens", "usage": usage_of(reply)}


def models(client, question):
    ids = [model.id for model in client.models.list(limit=1000)]
    expect("claude-haiku-4-5" in ids, "a model is missing")
    return {"content": ids, "usage": None}


serve(
    {
        "/v1/messages text": text,
        "/v1/messages streaming": streaming,
        "/v1/messages tool": tool,
        "/v1/messages streamed tool": streamed_tool,
        "/v1/messages tool result": tool_result,
        "/v1/messages reasoning": reasoning,
        "/v1/messages refusal": refusal,
        "/v1/messages abort": abort,
        "/v1/messages/count_tokens token count": token_count,
        "/v1/models models": models,
    },
    connect,
)

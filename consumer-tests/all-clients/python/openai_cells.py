"""Cells of the official openai package."""

import json

from openai import DefaultHttpxClient, OpenAI
from pydantic import BaseModel
from serve_cells import expect, raised, serve


class Label(BaseModel):
    label: str
    urgent: bool


def connect(question, watch):
    http = DefaultHttpxClient(event_hooks={"response": [watch.seen]})
    return OpenAI(api_key=question["key"], base_url=question["origin"] + "/v1", max_retries=0, http_client=http)


def chat_usage(usage):
    return {"input": usage.prompt_tokens, "output": usage.completion_tokens}


def responses_usage(usage):
    return {"input": usage.input_tokens, "output": usage.output_tokens}


def ask(question):
    return {"model": question["model"], "messages": [{"role": "user", "content": question["prompt"]}]}


def tools(question):
    function = {"name": "weather", "description": "Weather of a city", "parameters": question["schema"]}
    return [{"type": "function", "function": function}]


def text(client, question):
    reply = client.chat.completions.create(**ask(question))
    return {"content": reply.choices[0].message.content, "usage": chat_usage(reply.usage)}


def streaming(client, question):
    whole = client.chat.completions.create(**ask(question)).choices[0].message.content
    said, usage, pieces = "", None, 0
    stream = client.chat.completions.create(**ask(question), stream=True, stream_options={"include_usage": True})
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            said += chunk.choices[0].delta.content
            pieces += 1
        usage = chunk.usage or usage
    expect(said == whole, "the stream's text is another one")
    expect(pieces > 3, "it came in one piece")
    return {"content": said, "usage": chat_usage(usage)}


def tool(client, question):
    reply = client.chat.completions.create(**ask(question), tools=tools(question))
    call = reply.choices[0].message.tool_calls[0].function
    expect(call.name == "weather", "another tool")
    expect(set(json.loads(call.arguments)) == {"city", "unit"}, "other arguments")
    return {"content": call.arguments, "usage": chat_usage(reply.usage)}


def tool_result(client, question):
    given = ask(question)
    message = client.chat.completions.create(**given, tools=tools(question)).choices[0].message
    given["messages"].append(message)
    for call in message.tool_calls:
        given["messages"].append({"role": "tool", "tool_call_id": call.id, "content": "Sunny, 20 degrees."})
    reply = client.chat.completions.create(**given, tools=tools(question))
    return {"content": reply.choices[0].message.content, "usage": chat_usage(reply.usage)}


def schema(client, question):
    reply = client.chat.completions.parse(**ask(question), response_format=Label)
    label = reply.choices[0].message.parsed
    expect(isinstance(label, Label), "nothing was parsed")
    return {"content": label.label, "usage": chat_usage(reply.usage)}


def refusal(client, question):
    return raised(lambda: client.chat.completions.create(**ask(question)), question)


def abort(client, question):
    stream = client.chat.completions.create(**ask(question), stream=True)
    said = ""
    for chunk in stream:
        said += chunk.choices[0].delta.content or "" if chunk.choices else ""
        if said:
            break
    stream.close()
    return {"content": said, "usage": None}


def responses_text(client, question):
    reply = client.responses.create(model=question["model"], input=question["prompt"])
    return {"content": reply.output_text, "usage": responses_usage(reply.usage)}


def responses_streaming(client, question):
    with client.responses.stream(model=question["model"], input=question["prompt"]) as stream:
        said = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        final = stream.get_final_response()
    expect(final.output_text == said, "the last event's text is another one")
    return {"content": said, "usage": responses_usage(final.usage)}


def responses_tool(client, question):
    function = {"type": "function", "name": "weather", "parameters": question["schema"], "strict": True}
    reply = client.responses.create(model=question["model"], input=question["prompt"], tools=[function])
    call = next(item for item in reply.output if item.type == "function_call")
    expect(set(json.loads(call.arguments)) == {"city", "unit"}, "other arguments")
    return {"content": call.arguments, "usage": responses_usage(reply.usage)}


def embeddings(client, question):
    reply = client.embeddings.create(model=question["model"], input=[question["prompt"]])
    expect(len(reply.data[0].embedding) > 100, "no vector")
    return {"content": str(reply.data[0].embedding[:4]), "usage": {"input": reply.usage.prompt_tokens, "output": 0}}


def models(client, question):
    ids = [model.id for model in client.models.list()]
    expect("gpt-4o-mini" in ids, "a model is missing")
    return {"content": ids, "usage": None}


serve(
    {
        "/v1/chat/completions text": text,
        "/v1/chat/completions streaming": streaming,
        "/v1/chat/completions tool": tool,
        "/v1/chat/completions tool result": tool_result,
        "/v1/chat/completions schema": schema,
        "/v1/chat/completions refusal": refusal,
        "/v1/chat/completions abort": abort,
        "/v1/responses text": responses_text,
        "/v1/responses streaming": responses_streaming,
        "/v1/responses tool": responses_tool,
        "/v1/embeddings embeddings": embeddings,
        "/v1/models models": models,
    },
    connect,
)

/** Goes on with a value at once where it is there, and later where it is promised; stores answer either way. */
export function whenKnown<Value, Next>(
  value: Value | Promise<Value>,
  goOn: (value: Value) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}

/** What the call gives; what `otherwise` gives where it throws or rejects. */
export function attempt<Value>(
  call: () => Value | Promise<Value>,
  otherwise: (error: unknown) => Value,
): Value | Promise<Value> {
  try {
    const value = call();
    return value instanceof Promise ? value.catch(otherwise) : value;
  } catch (error) {
    return otherwise(error);
  }
}

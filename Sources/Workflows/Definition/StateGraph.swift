struct StateGraph: Sendable {}

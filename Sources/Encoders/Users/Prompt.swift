/// The instruction that is put before a text; models that were trained with prompts need them to be good.
public enum Prompt: Sendable, Hashable {
    /// The model's `default_prompt_name`, else nothing.
    case modelDefault
    /// The model's prompt for queries (`query`), else nothing.
    case query
    /// The model's prompt for documents (`document`, `passage` or `corpus`), else nothing.
    case document
    /// The model's prompt of this name; an error if it has none.
    case named(String)
    /// This text.
    case text(String)
    /// Nothing, whatever the model's default.
    case none
}

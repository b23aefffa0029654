/// Names of the functions that are built in, instead of scripts.
enum ProcessFunctions {
    static func isBuiltIn(_ name: String) -> Bool {
        PreProcessFunction(rawValue: name) != nil || PostProcessFunction(rawValue: name) != nil
    }
}

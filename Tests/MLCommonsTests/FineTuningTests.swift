import Access
import HTTPTypes
import JSON
import MLCommons
import Synchronization
import Testing

/// Runs of fine-tuning as tasks: their queue, progress, end, cancellation, restart, and who may see them.
@Suite struct FineTuningTests {
    private static let path = "/models/_finetune"

    private func start(_ place: Workplace) async throws -> (task: String, run: String) {
        let answer = try await place.call(.post, Self.path, ["model_name": "mine"])
        #expect(answer.status == 200 && answer["status"] == "CREATED")
        return (try #require(answer["task_id"]?.string), try #require(answer["run_id"]?.string))
    }

    @Test func aRunIsATaskWithPhases() async throws {
        try await Workplace.with { place in
            let (task, run) = try await start(place)
            try await place.trainer.waits(for: run)
            let running = try await place.task(task)
            #expect(running["task_type"] == "FINE_TUNING" && running["state"] == "RUNNING")
            #expect(running["run_id"] == .string(run) && running["function_name"] == "TEXT_EMBEDDING")
            let phases = try #require(running["phases"]?.array)
            #expect(phases[0] == ["phase": "ExtractFromOpenSearch", "state": "COMPLETED"])
            #expect(phases[1]["done"] == 3 && phases[1]["total"] == 10 && phases[1]["state"] == "RUNNING")
            place.trainer.end(run, .completed(model: "m1", decision: ["passed": true]))
            await place.commons.settle()
            let over = try await place.task(task)
            #expect(over["state"] == "COMPLETED" && over["model_id"] == "m1" && over["result"]?["passed"] == true)
        }
    }

    @Test func wrongParametersMakeNoTask() async throws {
        try await Workplace.with { place in
            let answer = try await place.call(.post, Self.path, ["model_type": "dense"])
            #expect(answer.status == 400 && answer.reason?.contains("'model_name'") == true)
            let none = try await place.call(.post, Self.path)
            #expect(none.status == 400)
        }
    }

    @Test func runsWaitForEachOther() async throws {
        try await Workplace.with { place in
            let first = try await start(place)
            let second = try await start(place)
            try await place.trainer.waits(for: first.run)
            let waiting = try await place.task(second.task)
            #expect(waiting["state"] == "CREATED")
            place.trainer.end(first.run, .failed(reason: "FineTuning.Corpus: there are no documents."))
            place.trainer.end(second.run, .completed(model: nil, decision: .null))
            await place.commons.settle()
            let failed = try await place.task(first.task)
            #expect(failed["state"] == "FAILED" && failed["error"] == "FineTuning.Corpus: there are no documents.")
            let completed = try await place.task(second.task)
            #expect(completed["state"] == "COMPLETED")
            #expect(place.trainer.state.withLock { $0.most } == 1)
        }
    }

    @Test func aRunIsCancelledAndResumed() async throws {
        try await Workplace.with { place in
            let (task, run) = try await start(place)
            let waiting = try await start(place)
            try await place.trainer.waits(for: run)
            for id in [task, waiting.task] {
                let answer = try await place.call(.post, "/tasks/\(id)/_cancel")
                #expect(answer.status == 200)
            }
            await place.commons.settle()
            for id in [task, waiting.task] {
                let over = try await place.task(id)
                #expect(over["state"] == "CANCELLED" && over["error"]?.string?.contains("resume") == true)
            }
            // The one that waited was never begun.
            #expect(place.trainer.state.withLock { $0.begun.map(\.run) } == [run])
            let again = try await place.call(.post, "/tasks/\(task)/_cancel")
            #expect(again.status == 400)
            let resumed = try await place.call(.post, "/finetune/runs/\(run)/_resume")
            #expect(resumed.status == 200 && resumed["run_id"] == .string(run))
            try await place.trainer.waits(for: run)
            #expect(place.trainer.state.withLock { $0.begun.last?.redrives } == true)
            let twice = try await place.call(.post, "/finetune/runs/\(run)/_resume")
            #expect(twice.status == 400)
            place.trainer.end(run, .completed(model: nil, decision: .null))
            await place.commons.settle()
        }
    }

    @Test func aRunThatWasCancelledWhileItWaitedIsResumedAtOnce() async throws {
        try await Workplace.with { place in
            let first = try await start(place)
            let second = try await start(place)
            try await place.trainer.waits(for: first.run)
            #expect(try await place.call(.post, "/tasks/\(second.task)/_cancel")["status"] == "CANCELLED")
            let resumed = try await place.call(.post, "/finetune/runs/\(second.run)/_resume")
            #expect(resumed.status == 200, "\(resumed.reason ?? "")")
            for run in [first.run, second.run] {
                place.trainer.end(run, .completed(model: nil, decision: .null))
            }
            await place.commons.settle()
            let over = try await place.task(resumed["task_id"]?.string)
            #expect(over["state"] == "COMPLETED")
            #expect(place.trainer.state.withLock { $0.begun.map(\.run) } == [first.run, second.run])
        }
    }

    @Test func aBodyThatIsNoObjectIsRefused() async throws {
        try await Workplace.with { place in
            let list = try await place.call(.post, Self.path, ["model_name"])
            #expect(list.status == 400 && list.type == "parsing_exception")
            let none = try await place.call(.post, Self.path)
            #expect(none.status == 400 && none.type == "parse_exception")
        }
    }

    @Test func aRestartGoesOn() async throws {
        try await Workplace.with { place in
            let (task, run) = try await start(place)
            try await place.trainer.waits(for: run)
            let notes = try await place.crash(settle: false)
            #expect(notes.contains { $0.contains(task) })
            try await place.trainer.waits(for: run)
            place.trainer.end(run, .completed(model: nil, decision: .null))
            await place.commons.settle()
            let over = try await place.task(task)
            #expect(over["state"] == "COMPLETED")
        }
    }

    @Test func whatWasCancelledDoesNotGoOnAfterARestart() async throws {
        try await Workplace.with { place in
            let first = try await start(place)
            let second = try await start(place)
            try await place.trainer.waits(for: first.run)
            let deleted = try await place.call(.delete, "/tasks/\(second.task)")
            #expect(deleted.status == 400)
            let cancelled = try await place.call(.post, "/tasks/\(second.task)/_cancel")
            #expect(cancelled["status"] == "CANCELLED")
            let over = try await place.task(second.task)
            #expect(over["state"] == "CANCELLED")
            place.trainer.end(first.run, .completed(model: nil, decision: .null))
            try await place.crash()
            #expect(place.trainer.state.withLock { $0.begun.allSatisfy { $0.run == first.run } })
            let removed = try await place.call(.delete, "/finetune/runs/\(second.run)")
            #expect(removed.status == 200)
            let gone = try await place.call(.get, "/finetune/runs/\(second.run)")
            #expect(gone.status == 404)
        }
    }

    @Test func runsAreTheirOwnersAndAdministrators() async throws {
        try await Workplace.with { place in
            let role = try #require(BuiltInRoles.all["ml_full_access"])
            let (ann, bob) = (
                Caller(name: "ann", roles: [("ml_full_access", role)]),
                Caller(name: "bob", roles: [("ml_full_access", role)])
            )
            let (task, run) = try await MLCommons.$caller.withValue(ann) { try await start(place) }
            try await place.trainer.waits(for: run)
            try await MLCommons.$caller.withValue(bob) {
                let list = try await place.call(.get, "/finetune/runs")
                #expect(list["runs"]?.array?.isEmpty == true)
                for path in ["/finetune/runs/\(run)", "/finetune/runs/\(run)/report"] {
                    let answer = try await place.call(.get, path)
                    #expect(answer.status == 404)
                }
                let cancel = try await place.call(.post, "/tasks/\(task)/_cancel")
                #expect(cancel.status == 403)
                let resume = try await place.call(.post, "/finetune/runs/\(run)/_resume")
                #expect(resume.status == 404)
                let hidden = try await place.task(task)
                #expect(hidden.status == 404)
                let delete = try await place.call(.delete, "/tasks/\(task)")
                #expect(delete.status == 404)
            }
            try await MLCommons.$caller.withValue(ann) {
                let report = try await place.call(.get, "/finetune/runs/\(run)/report")
                #expect(report["page"] == .string("<html>\(run)</html>"))
            }
            try await MLCommons.$caller.withValue(.administrator("root")) {
                let list = try await place.call(.get, "/finetune/runs")
                #expect(list["runs"]?[0]?["task_id"] == .string(task))
            }
            place.trainer.end(run, .completed(model: nil, decision: .null))
            await place.commons.settle()
        }
    }
}

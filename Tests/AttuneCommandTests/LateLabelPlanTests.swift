import Foundation
import Testing

@Suite struct LateLabelPlanTests {
  @Test func `a plan tells which arms wait for labels that never come`() throws {
    try inFolder { folder in
      try write(
        """
        name: plan
        data: {source: {kind: house-prices, rows: 60}, task: regression, split: time}
        network: {kind: linear}
        training: [{name: ls, solver: least-squares}]
        inference: [{strategy: none}, {name: rls, strategy: recursive-least-squares}]
        scenarios: [{name: with, labelDelay: 5}, {name: without}]
        """, to: folder + "/x.yaml")
      let plan = try attune("run", "x.yaml", "--dry-run", in: folder)
      #expect(plan.code == 0)
      #expect(
        plan.output.contains("\n# plan: without late labels, in without, these answer as they start: rls\n"),
        "\(plan.output)")
    }
  }
}

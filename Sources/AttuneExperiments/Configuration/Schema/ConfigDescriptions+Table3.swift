extension ConfigDescriptions {
  /// Part 3 of the doc comments.
  static let table3 = #"""
    OnlineLearning.Configuration.warmStart: Whether the learner, which must be an `mlp`, starts from the trained network.
    OnlineStreamConfiguration.Labels.delay: The label of a row comes before so many rows after it is answered; 0 and 1 are the same: before the next row.
    OnlineStreamConfiguration.Labels.missing: The share of rows, at random, whose label never comes; they are scored all the same.
    OnlineStreamConfiguration.classes: The classes in the order of their numbers; nil finds them in a first pass. CSV only.
    OnlineStreamConfiguration.features: The columns that are inputs, in this order; nil takes all but the target and those that are ignored. CSV only.
    OnlineStreamConfiguration.labels: When the labels come, and whether.
    OnlineStreamConfiguration.maximumRows: Rows after which the stream ends; nil takes all.
    OnlineStreamConfiguration.name: Name in tables.
    OnlineStreamConfiguration.source: Where the rows come from; their order is the stream.
    OnlineStreamConfiguration.task: What is predicted.
    OnlineStreamConfiguration.warmUp: Rows at the start that are answered and learned, but not scored.
    Opinion.mass: The mass K of "do not know", above 0; nil for the number of classes C.
    Outliers.probability: How likely each value of each row is moved; nil for that of the severity.
    Outliers.severity: From 1 to 5: 1, 2, 5, 10 and 20 % of the values, by 3, 4, 5, 7 and 10 deviations of the source.
    Outliers.size: How far, in deviations of the source; nil for that of the severity.
    PaceConfiguration.ComputationAware.budget: Time between two batches in that of plain inference, above 0.
    PageHinkley.Configuration.alpha: Weight of the sum so far, at each value.
    PageHinkley.Configuration.delta: Change of the mean that is tolerated.
    PageHinkley.Configuration.direction: Which changes count.
    PageHinkley.Configuration.threshold: Summed deviation that is a drift.
    PageHinkley.Configuration.warmup: Values before the first comparison.
    ParameterGroupConfiguration.frozen: Whether the parameters stay as they are.
    ParameterGroupConfiguration.layers: Numbers of layers, counted from 0, or `biasesAndNorms`.
    ParameterGroupConfiguration.learningRateFactor: What the learning rate of the rule is multiplied by.
    ParameterGroupConfiguration.weightDecay: The weight decay in place of the rule's; nil for the rule's.
    ParameterScope.exceptLast: Batch-norm layers at the end that are left out of `norm-affine`; one is kept in any case.
    PassiveAggressiveLearner.Configuration.c: The aggressiveness of `pa-1` and `pa-2`, above 0.
    PassiveAggressiveLearner.Configuration.epsilon: The error of a regression that costs nothing.
    PassiveAggressiveLearner.Configuration.intercept: Whether there is an intercept.
    PassiveAggressiveLearner.Configuration.scaler: How features are scaled.
    PassiveAggressiveLearner.Configuration.variant: How the step is limited.
    PeriodicReset.Configuration.batches: Batches between two resets, at least 1.
    PermutationView.Configuration.share: The share of the inputs; at least two of them change places where it is above 0.
    PreprocessingConfiguration.Scale.factor: The factor.
    PriorCorrection.Configuration.on: What is multiplied.
    PriorEstimation.Configuration.iterations: The most iterations per batch.
    PriorEstimation.Configuration.rows: The rows of the window; a batch that is larger counts whole.
    PriorEstimation.Configuration.sourceRows: The rows that the source's shares count as.
    PriorEstimation.Configuration.tolerance: The iterations end when no share changes by more.
    PriorNormalization.Configuration.prior: Rows that the source statistics count for, N ≥ 0.
    PriorNormalization.Configuration.variance: Whether the variance of a batch is divided by n or n − 1; published code mixes in the unbiased one.
    PseudoLabel.Configuration.threshold: The confidence that a row's answer must exceed; below 1.
    Quantization.severity: From 1 to 5: steps of 0.1, 0.25, 0.5, 1 and 2 deviations of the source.
    Quantization.step: The step in deviations of the source; nil for that of the severity.
    RAdam.Configuration.beta1: Decay of the first moment.
    RAdam.Configuration.beta2: Decay of the second moment.
    RAdam.Configuration.epsilon: Added to the root.
    RAdam.Configuration.learningRate: The step size.
    RAdam.Configuration.weightDecay: L2 penalty, added to the gradient.
    RMSprop.Configuration.alpha: Decay of the average of squared gradients.
    RMSprop.Configuration.centered: Whether the mean gradient is subtracted from the average of squares.
    RMSprop.Configuration.epsilon: Added to the root of that average.
    RMSprop.Configuration.learningRate: The step size.
    RMSprop.Configuration.momentum: Weight of the velocity kept from step to step.
    RMSprop.Configuration.weightDecay: L2 penalty, added to the gradient.
    RecipeConfiguration.augmentations: What makes another view of a row.
    RecipeConfiguration.correction: What becomes of the logits on their way out.
    RecipeConfiguration.dropout: Whether dropout is active in the passes that are learned from.
    RecipeConfiguration.memory: Which rows of the stream are kept to learn from.
    RecipeConfiguration.objectives: What is made small: the weighted sum of these.
    RecipeConfiguration.optimizer: The rule of the steps.
    RecipeConfiguration.recovery: What brings a run-away adaptation back.
    RecipeConfiguration.scope: Which parameters change.
    RecipeConfiguration.selection: Which rows are learned from: each part narrows what the ones before have left.
    RecipeConfiguration.sharpness: Radius ρ of sharpness-aware steps; 0 makes ordinary ones.
    RecipeConfiguration.statistics: Which statistics batch norm uses.
    RecipeConfiguration.teacher: A slowly moving copy of the network, for objectives and answers; nil without one.
    RecipeConfiguration.timing: When the answer is taken, and how many steps a batch makes.
    RecursiveLeastSquares.Configuration.forgetting: Weight of the past per labeled row, above 0 and at most 1; 1 forgets nothing, 0.99 remembers about 100 rows.
    RecursiveLeastSquares.Configuration.initialCovariance: Diagonal of `P` at the start, above 0: one over the number of rows that the trained weights count for.
    ReduceOnPlateau.Configuration.decay: What each reduction multiplies the rate by.
    ReduceOnPlateau.Configuration.patience: Epochs without improvement that are borne.
    ReduceOnPlateau.Configuration.threshold: The relative improvement that counts.
    Restandardization.Configuration.prior: Rows that the source's moments count for, N ≥ 0.
    Restandardization.Configuration.statistics: Which rows the moments come from.
    Restandardization.Configuration.window: Rows after which an old row counts for 1/e; nil forgets nothing. With `running` only.
    Rotation.degrees: The angle, counter-clockwise, in degrees.
    SGD.Configuration.dampening: Part of each gradient after the first that does not enter the velocity.
    SGD.Configuration.learningRate: The step size.
    SGD.Configuration.momentum: Weight of the velocity kept from step to step.
    SGD.Configuration.nesterov: Whether to step from where the velocity leads.
    SGD.Configuration.weightDecay: L2 penalty, added to the gradient.
    SaliencySelection.Configuration.count: Inputs that a row keeps; nil where `share` says it.
    SaliencySelection.Configuration.curve: Numbers of inputs, ascending, at which the curve of quality against inputs is drawn.
    SaliencySelection.Configuration.method: What ranks the inputs of a row.
    SaliencySelection.Configuration.replacement: What stands in the place of the others.
    SaliencySelection.Configuration.rule: Where they lie.
    SaliencySelection.Configuration.share: Share of the inputs that a row keeps, rounded up; a quarter where `count` is nil too. With 1 nothing is ranked.
    SaliencySelection.Configuration.shrinkage: Added to the diagonal of the covariance, as a share of each input's variance, for `replacement: conditional`.
    SaliencySelection.Configuration.steps: Points of `integrated-gradients`.
    Scaling.gain: The factor; 1 changes nothing.
    ScalingDrift.gain: The gain in the last row; nil for that of the severity.
    ScalingDrift.severity: From 1 to 5: a gain of 1.1, 1.25, 1.5, 2 and 3 in the last row.
    ScenarioConfiguration.batchSize: Rows of a batch.
    ScenarioConfiguration.data: Rows of the scenario's own; nil for the test part of the experiment's data.
    ScenarioConfiguration.domains: The domains that the stream goes through; empty where it has one only.
    ScenarioConfiguration.gradual: Whether each domain comes with severities from 1 up to 5 and down to 1 again.
    ScenarioConfiguration.labelDelay: Rows after which the label of a row is known; nil where labels never come.
    ScenarioConfiguration.mix: How the domains follow each other.
    ScenarioConfiguration.name: Name in tables.
    ScenarioConfiguration.order: The order of the rows; by default as given for rows of the scenario's own or split by time, else shuffled.
    ScenarioConfiguration.pace: Whether the stream waits for a strategy; nil where it does.
    ScenarioConfiguration.reset: When a strategy starts anew.
    ScenarioConfiguration.rows: The most rows of the stream, or of each of its domains; nil for all.
    ScenarioConfiguration.shifts: The shifts, in the order in which they change the rows.
    ScenarioConfiguration.window: Rows that a strategy sees at once where rows come one by one; nil where it sees a batch.
    SensorNoise.severity: From 1 to 5: a deviation of 0.1, 0.2, 0.4, 0.7 and 1 times that of the source.
    SensorNoise.standardDeviation: The deviation of the noise in deviations of the source; nil for that of the severity.
    SensorOffset.amounts: What is added, in `unit`: one number for all features, or one for each.
    SensorOffset.unit: What the amounts are measured in.
    ShiftEstimation.Configuration.decay: Weight of the past in the moving average of the predicted frequencies, from 0 to 1.
    ShiftEstimation.Configuration.maximumWeight: The largest weight of a class.
    ShiftEstimation.Configuration.minimumWeight: The smallest weight of a class.
    ShiftEstimation.Configuration.ridge: The ridge, as a share of the mean of the diagonal of CᵀC; above 0 it always has a solution.
    SoftLikelihoodRatio.Configuration.limit: Where probabilities are cut, above 0 and below 1.
    SoftmaxLearner.Configuration.knowsClasses: Whether all classes take part from the start, not each from its first row.
    SoftmaxLearner.Configuration.l2: L2 penalty of the weights.
    SoftmaxLearner.Configuration.optimizer: The rule of the weights.
    SoftmaxLearner.Configuration.scaler: How features are scaled.
    SolverConfiguration.LeastSquaresSettings.intercept: Whether the model has an intercept; without, its prediction at inputs of 0 is 0.
    SolverConfiguration.Logistic.c: Inverse strength of the penalty: half the sum of squared weights counts as much as `c` times the sum of losses. The bias is not penalized.
    SolverConfiguration.Ridge.l2: Penalty on the sum of squared weights, at least 0; the bias is not penalized.
    SourceDistanceMonitor.Configuration.errors: Standard errors from which on it is an alarm.
    SourceDistanceMonitor.Configuration.window: Rows that are looked at together; whole batches, so there may be more.
    SpAR.Configuration.alpha: Confidence with which a direction must be worth more than its noise to be kept, above 0 and below 1.
    SpAR.Configuration.intercept: What the intercept does to the directions.
    SpAR.Configuration.target: Which target rows the directions come from.
    SplitConfiguration.Group.column: The column that names the group of a row.
    SplitConfiguration.Group.feature: Whether the column is a feature too; nil is no.
    SplitConfiguration.Group.test: The groups that test; nil chooses them at random.
    SplitConfiguration.Group.trainFraction: Share of the rows that train, above 0 and below 1; met as well as whole groups allow. Nil is one half.
    SplitConfiguration.Random.stratified: Whether classes keep their shares; nil does so for a classification.
    SplitConfiguration.Random.trainFraction: Share of the rows that train, above 0 and below 1.
    SplitConfiguration.Rows.test: Path of the test rows, likewise.
    SplitConfiguration.Rows.train: Path of the training rows, relative to the config file: one number a line, from 0; `{seed}` stands for the seed.
    SplitConfiguration.Time.column: The column to sort by; nil keeps the order of the file.
    SplitConfiguration.Time.feature: Whether that column is a feature too.
    SplitConfiguration.Time.trainFraction: Share of the rows that train, above 0 and below 1.
    StaticSelection.Configuration.batchSize: Rows of a batch.
    StaticSelection.Configuration.costs: What inputs cost, by their names; 1 for one that is not named.
    StaticSelection.Configuration.curve: The budgets of the curve of quality against the number of inputs, ascending.
    StaticSelection.Configuration.decay: What the learning rate falls by.
    StaticSelection.Configuration.dropout: Share of hidden units that are dropped while learning.
    StaticSelection.Configuration.epochs: The most passes of each network.
    StaticSelection.Configuration.hidden: Widths of the hidden layers.
    StaticSelection.Configuration.learningRate: The learning rate of Adam.
    StaticSelection.Configuration.patience: Epochs without improvement that are borne before the learning rate falls; two more end a training. With the two of the policies a rival would often stop before it has learned.
    StaticSelection.Configuration.ranking: How inputs are ranked; their values are divided by their costs.
    StaticSelection.Configuration.stop: What the inputs of a row may cost; a budget only.
    StepDecay.Configuration.decay: What each fall multiplies the rate by.
    StepDecay.Configuration.per: Whether `size` counts epochs or steps.
    StepDecay.Configuration.size: Time from one fall to the next.
    StochasticRestore.Configuration.probability: Probability of each weight at each step, from 0 to 1.
    StreamOptimizerConfiguration.Accumulation.epsilon: Added to the sum of squares, under the root.
    StreamOptimizerConfiguration.Accumulation.learningRate: The step size.
    StreamOptimizerConfiguration.Averaging.decay: Decay of the mean of squares.
    StreamOptimizerConfiguration.Averaging.epsilon: Added to the mean of squares, under the root.
    StreamOptimizerConfiguration.Averaging.learningRate: The step size.
    StreamOptimizerConfiguration.Moments.beta1: Decay of the first moment.
    StreamOptimizerConfiguration.Moments.beta2: Decay of the second moment.
    StreamOptimizerConfiguration.Moments.epsilon: Added to the root of the second moment.
    StreamOptimizerConfiguration.Moments.learningRate: The step size.
    StreamOptimizerConfiguration.Momentum.learningRate: The step size.
    StreamOptimizerConfiguration.Momentum.momentum: Weight of the velocity kept from step to step.
    StreamOptimizerConfiguration.Rate.learningRate: The step size.
    StreamOptimizerConfiguration.StepAveraging.decay: Decay of both means of squares.
    StreamOptimizerConfiguration.StepAveraging.epsilon: Added to both means, under the root.
    StuckSensors.fraction: The share of the features, rounded to whole features, at least one unless it is 0; nil for that of the severity.
    StuckSensors.severity: From 1 to 5: 10, 20, 30, 40 and 50 % of the features.
    StuckSensors.start: The share of the stream after which they stop; at 0 the value of the first row holds.
    Student.activation: The function between the layers.
    Student.batchNorm: Whether the hidden layers have batch norm, so that the student can be adapted like its teacher.
    Student.batchSize: Rows of a batch.
    Student.epochs: Passes over the training inputs.
    Student.hidden: Widths of the hidden layers.
    Student.optimizer: The rule of the updates.
    Student.temperature: Temperature T of the softened probabilities, above 0.
    SubspaceAlignment.Configuration.dimensions: Directions K that are aligned, at least 1.
    SubspaceAlignment.Configuration.weightBias: The constant b in the weight of a direction, at least 0.
    SubspaceAlignment.Configuration.weightExponent: The exponent p of the weight of a direction; 0 weighs all alike.
    SweepConfiguration.method: How values of several paths are put together; by default `random` where a path has an interval, else `grid`.
    SweepConfiguration.over: The values by path, as `--sweep` takes it: a list, or one of `range`, `choice`, `uniform`, `logUniform`, `integers`.
    SweepConfiguration.samples: The number of draws of a random sweep; 10 where nothing is said. A draw that came before is no arm of its own.
    SweepConfiguration.seed: The seed of the draws, which have nothing to do with the seeds of the runs.
    SweepValues.Written.choice: These values; the same as a list.
    SweepValues.Written.integers: Lowest and highest whole number of a random draw, both among them.
    SweepValues.Written.logUniform: Lowest and highest number of a random draw, their logarithms equally likely.
    SweepValues.Written.range: Numbers from the first up to the second, which is not among them, in steps of the third, which is 1 where it is left out.
    SweepValues.Written.uniform: Lowest and highest number of a random draw, all equally likely.
    TeacherCrossEntropy.Configuration.symmetric: Whether half of it is the cross-entropy of the teacher's predictions to the network's.
    TeacherSettings.confidence: When the views are used.
    TeacherSettings.momentum: Weight of the teacher's own parameters in each move, from 0 to 1.
    TeacherSettings.views: Views whose logits are averaged where the source model is not confident; 0 looks at the rows themselves only.
    TemplateAdjustment.Configuration.asPublished: Whether `all` does what the published code does: drop the support of highest entropy of each class with each batch.
    TemplateAdjustment.Configuration.filter: The supports that stay per class.
    TrainingArmConfiguration.augmentation: Shifts applied to each training batch, anew every time.
    TrainingArmConfiguration.averaging: An average of the weights that takes their place at the end; nil keeps the last ones.
    TrainingArmConfiguration.batchSize: Rows of a batch.
    TrainingArmConfiguration.earlyStopping: The end of a training whose validation loss no longer falls; nil trains all epochs.
    TrainingArmConfiguration.epochs: Passes over the training rows.
    TrainingArmConfiguration.features: The columns that the arm's network sees; nil for all.
    TrainingArmConfiguration.gradientClipping: A limit on the gradients; nil sets none.
    TrainingArmConfiguration.groups: Parameters with settings of their own; the first group that a parameter belongs to holds.
    TrainingArmConfiguration.l1: Weight of an L1 penalty on the weights of linear layers, which can make them exactly 0; 0 is none.
    TrainingArmConfiguration.labelSmoothing: Share of each target that moves to the uniform distribution; classification only.
    TrainingArmConfiguration.maxNorm: A limit on the norm of the incoming weights of each unit; nil sets none.
    TrainingArmConfiguration.mixup: Both shapes of the beta distribution from which mixup draws its proportions; nil mixes nothing.
    TrainingArmConfiguration.name: Name in tables.
    TrainingArmConfiguration.network: A network of the arm's own; nil for the experiment's.
    TrainingArmConfiguration.optimizer: The rule of the updates.
    TrainingArmConfiguration.schedule: How the learning rate changes; nil keeps the optimizer's.
    TrainingArmConfiguration.solver: A solver in place of the optimizer; linear networks only.
    TrainingArmConfiguration.validation: Rows that are not learned from, but looked at after each epoch; nil sets none aside.
    Translation.dx: Pixels to the right; negative is to the left.
    Translation.dy: Pixels down; negative is up.
    ValidationConfiguration.fraction: Share of the training rows, above 0 and below 1.
    WeightEnsembling.Configuration.momentum: Weight m of the adapted parameters, from 0 to 1.
    WrittenChoice.among: The alternatives: settings that take the place of the arm's.
    WrittenChoice.by: What decides; the alternative with the lowest score is taken, of equal ones the first.
    WrittenChoice.prefix: The share of the stream that `entropy` and `consistency` look at beforehand, above 0 and at most 1; 0.25 where nothing is said.
    """#
}

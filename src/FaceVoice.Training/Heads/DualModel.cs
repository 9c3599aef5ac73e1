using System.Runtime.InteropServices;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Joint;

namespace FaceVoice.Training.Heads;

/// <summary>The Torch side of a run: heads, loss, optimiser, queue and running mean. One thread.</summary>
internal sealed partial class DualModel : IDisposable
{
    private const string SpeakerPart = "speaker_encoder";
    private const int TowerRowsACall = 64;
    private readonly DualTrainingOptions _options;
    private readonly DualEncoder _encoder;
    private readonly EmbeddingQueue? _queue;
    private readonly SpeakerTower? _tower;
    private readonly AdamW _optimizer;
    private readonly AdamW? _towerOptimizer;
    private readonly WeightAverage? _average;
    private readonly Device _device;
    private readonly GradientStep _gradients;

    // The tower is the speaker encoder, where that is trained as well; the model frees it.
    public DualModel(DualTrainingOptions options, HeadInput faces, HeadInput voices, SpeakerTower? tower = null)
    {
        (_options, _tower) = (options, tower);
        _device = LibTorch.FindDevice(options.Device);
        set_num_threads(options.Threads);
        backends.cuda.matmul.allow_tf32 = options.Precision == "tf32";
        manual_seed((long)(RandomSource.Derive(options.Seed, 31).NextBits() >> 1));
        _encoder = new(Head(options, faces), Head(options, tower is null ? voices : voices with { Dimension = tower.Dimension }), CreateLoss(options));
        _encoder.to(_device);
        if (options.QueueSize > 0)
        {
            _queue = new(options.QueueSize, options.JointDimension);
            _queue.to(_device);
        }

        _optimizer = optim.AdamW(_encoder.parameters(), lr: options.LearningRate, weight_decay: options.WeightDecay);
        _towerOptimizer = tower is null ? null : optim.AdamW(tower.Network.parameters(), lr: options.SpeakerLearningRate, weight_decay: options.WeightDecay);
        (string Part, Parameter Parameter)[] parameters =
        [
            .. _encoder.named_parameters().Select(entry => (entry.name.Split('.')[0], entry.parameter)),
            .. tower?.Network.parameters().Select(parameter => (SpeakerPart, parameter)) ?? [],
        ];
        _gradients = new(parameters, _towerOptimizer is null ? [_optimizer] : [_optimizer, _towerOptimizer]);
        _average = options.EmaDecay > 0 ? new(parameters.Select(entry => entry.Parameter), options.EmaDecay) : null;
    }

    public double Temperature => _encoder.Loss.Temperature;

    public bool IsAtClamp => Temperature <= _encoder.Loss.Options.MinTemperature * 1.0001 || Temperature >= _encoder.Loss.Options.MaxTemperature * 0.9999;

    /// <summary>Names the first parameter that is not finite; null where all are.</summary>
    public string? FindNonFiniteParameter() =>
        _encoder.FindNonFinite() ?? (_tower?.Network.FindNonFinite() is { } name ? $"{SpeakerPart}.{name}" : null);

    /// <summary>Forward, backward and, at the end of an accumulation window, a step of the optimiser.</summary>
    public StepReport Step(BatchPlan plan)
    {
        if (FindBadInput(plan) is { } bad)
        {
            return new() { Skip = bad, Loss = double.NaN };
        }

        using var scope = NewDisposeScope();
        manual_seed((long)(RandomSource.Derive(_options.Seed, 32, (ulong)plan.Step).NextBits() >> 1));
        if (plan.OpensWindow)
        {
            ClearGradients();
        }

        _encoder.train();
        var faceJoint = _encoder.FaceHead.Project(Batch(plan.Faces, plan.Count));
        var heard = Batch(plan.Voices, plan.Count);
        var speakers = _tower?.Embed(heard) ?? heard;
        var voiceJoint = _encoder.VoiceHead.Project(speakers);
        var groups = tensor(plan.Groups, device: _device);
        var genders = _options.SameGenderWeight == 1 ? null : tensor(plan.Genders, device: _device);
        var result = _encoder.Loss.Compute(faceJoint, voiceJoint, groups, genders, _queue);
        var loss = result.Loss.ToDouble();
        if (!double.IsFinite(loss))
        {
            return new() { Skip = FindBadForward(speakers, faceJoint, voiceJoint), Loss = loss };
        }

        (result.Loss / _options.AccumulationSteps).backward();
        var report = Norms(loss);
        if (report.Skip is not null)
        {
            ClearGradients();
            return report;
        }

        if (plan.ClosesWindow)
        {
            Update(report.GradientNorm, plan.LearningRate);
        }

        report = report with { ChanceLoss = ChanceLine.Of(_encoder.Loss, faceJoint, groups, genders, _queue) };
        _queue?.Enqueue(faceJoint, voiceJoint, groups, genders);
        return plan.WantsEmbeddings ? report with { Faces = ToHost(faceJoint), Voices = ToHost(voiceJoint) } : report;
    }

    /// <summary>Unit joint embeddings of rows, dropout off, the running mean of the weights where there is one.</summary>
    public (float[] Faces, float[] Voices, float[] Similarity) Embed(FeatureSet set, int[] faceRows, int[] voiceRows)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var averaged = _average?.Use();
        _encoder.eval();
        var faces = Project(_encoder.FaceHead, set.Faces, faceRows);
        var voices = _tower is null ? Project(_encoder.VoiceHead, set.Voices, voiceRows) : ProjectThroughTower(set.Voices, voiceRows);
        var result = (faces.ToArray<float>(), voices.ToArray<float>(), faces.mm(voices.t()).ToArray<float>());
        _encoder.train();
        return result;
    }

    public void Dispose()
    {
        _average?.Dispose();
        _towerOptimizer?.Dispose();
        _optimizer.Dispose();
        _tower?.Dispose();
        _queue?.Dispose();
        _encoder.Dispose();
    }

    private static ProjectionHead Head(DualTrainingOptions options, HeadInput input)
    {
        var head = new ProjectionHead(new()
        {
            InputDimension = input.Dimension,
            HiddenDimensions = options.Hidden,
            OutputDimension = options.JointDimension,
            Dropout = options.Dropout,
        });
        head.KeepInputLength(input.Level);
        return head;
    }

    private static ContrastiveLoss CreateLoss(DualTrainingOptions options)
    {
        var settings = new ContrastiveLossOptions
        {
            InitialTemperature = options.Temperature,
            LearnTemperature = options.LearnTemperature,
            LabelSmoothing = options.LabelSmoothing,
            SameGroupWeight = options.SameGenderWeight,
        };
        return options.Loss == ContrastiveLossKind.Sigmoid ? new SigmoidLoss(settings) : new InfoNceLoss(settings);
    }

    private static SkipCause? FindBadInput(BatchPlan plan)
    {
        var (badFaces, badVoices) = (BadRows(plan.Faces.Span, plan.Count), BadRows(plan.Voices.Span, plan.Count));
        if (badFaces.Count + badVoices.Count == 0)
        {
            return null;
        }

        var place = badVoices.Count == 0 ? "face features" : badFaces.Count == 0 ? "voice features" : "face and voice features";
        return new("input", place, badFaces, badVoices);
    }

    private static List<int> BadRows(ReadOnlySpan<float> values, int rows)
    {
        var (bad, dimension) = (new List<int>(), values.Length / rows);
        if (FiniteValues.AreAll(values))
        {
            return bad;
        }

        for (var i = 0; i < rows; i++)
        {
            if (!FiniteValues.AreAll(values.Slice(i * dimension, dimension)))
            {
                bad.Add(i);
            }
        }

        return bad;
    }

    private Tensor Batch(ReadOnlyMemory<float> values, int rows) =>
        tensor(MemoryMarshal.AsMemory(values), [rows, values.Length / rows], device: _device);

    private static float[] ToHost(Tensor joint) => nn.functional.normalize(joint.detach()).ToArray<float>();

    // Forgotten, not zeroed as the optimiser would: a parameter without a new gradient stays as it is.
    private void ClearGradients()
    {
        _encoder.zero_grad();
        _tower?.Network.zero_grad();
    }

    private SkipCause FindBadForward(Tensor speakers, Tensor faces, Tensor voices)
    {
        var parameter = FindNonFiniteParameter();
        var because = parameter is null ? "" : $", because its weights are not ({parameter})";
        foreach (var (name, joint) in new[] { ("speaker encoder", speakers), ("face head", faces), ("voice head", voices) })
        {
            var finite = joint.detach().isfinite().all(1).ToArray<bool>();
            var bad = Enumerable.Range(0, finite.Length).Where(i => !finite[i]).ToList();
            if (bad.Count > 0)
            {
                var rows = bad.Count == finite.Length ? [] : bad;
                return name == "face head" ? new("embedding", $"output of the {name}{because}", rows, []) : new("embedding", $"output of the {name}{because}", [], rows);
            }
        }

        return new("loss", $"contrastive loss{because}");
    }

    private StepReport Norms(double loss)
    {
        var squares = _gradients.SquaredNorms();
        var bad = squares.FirstOrDefault(entry => !double.IsFinite(entry.Value)).Key;
        return new()
        {
            Loss = loss,
            FaceGradientNorm = Math.Sqrt(squares.GetValueOrDefault("face_head")),
            VoiceGradientNorm = Math.Sqrt(squares.GetValueOrDefault("voice_head")),
            SpeakerGradientNorm = Math.Sqrt(squares.GetValueOrDefault(SpeakerPart)),
            LossGradientNorm = Math.Sqrt(squares.GetValueOrDefault("loss")),
            GradientNorm = Math.Sqrt(squares.Values.Sum()),
            Skip = bad is null ? null : new("gradient", $"gradient of the {bad.Replace('_', ' ')}"),
        };
    }

    private void Update(double norm, double learningRate)
    {
        foreach (var group in _optimizer.ParamGroups)
        {
            group.LearningRate = learningRate;
        }

        foreach (var group in _towerOptimizer?.ParamGroups ?? [])
        {
            group.LearningRate = learningRate * _options.SpeakerLearningRate / _options.LearningRate;
        }

        _gradients.Apply(norm, _options.GradClipNorm);
        _average?.Update();
    }

    private Tensor Project(ProjectionHead head, FeatureMatrix matrix, int[] rows)
    {
        var values = matrix.Gather(rows, new float[rows.Length * matrix.Dimension]);
        return head.forward(Batch(values, rows.Length)).cpu();
    }

    /// <summary>In pieces: the activations of a speaker encoder are large.</summary>
    private Tensor ProjectThroughTower(FeatureMatrix spectra, int[] rows)
    {
        var pieces = new List<Tensor>();
        foreach (var piece in rows.Chunk(TowerRowsACall))
        {
            using var scope = NewDisposeScope();
            var values = spectra.Gather(piece, new float[piece.Length * spectra.Dimension]);
            pieces.Add(scope.MoveToOuter(_encoder.VoiceHead.forward(_tower!.Embed(Batch(values, piece.Length))).cpu()));
        }

        return cat([.. pieces], 0);
    }
}

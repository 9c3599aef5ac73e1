namespace FaceVoice.Datasets.Sources;

/// <summary>
/// Brings text to Unicode's composed form (NFC), so that a name written by one system equals the same name written by another: macOS takes
/// letters and accents apart, Linux and Windows keep them together. .NET leaves text as it is where it runs without the ICU library, as
/// these programs do.
/// </summary>
/// <remarks>
/// Pairs are composed from left to right, which is NFC for text in canonical order with the marks of living scripts; marks out of order,
/// and scripts beyond U+FFFF, stay as they are. Composed text comes back unchanged.
/// </remarks>
public static class UnicodeComposition
{
    private const char FirstHangul = '\uac00', LeadingJamo = '\u1100', VowelJamo = '\u1161', TrailingJamo = '\u11a7';
    private const int Leading = 19, Vowels = 21, Trailing = 28;

    /// <summary>
    /// By mark: each base letter followed by what the two make together. From the canonical decompositions of the Unicode Character
    /// Database.
    /// </summary>
    private static readonly Dictionary<char, string> Pairs = new()
    {
        ['\u0300'] = // grave accent
            "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳἀἂἁἃἈἊἉἋἐἒἑἓἘἚἙἛἠἢἡἣἨἪἩἫἰἲἱἳἸἺἹἻὀὂ"
            + "ὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫαὰεὲηὴιὶοὸυὺωὼΑᾺΕῈΗῊ᾿῍ϊῒΙῚ῾῝ϋῢΥῪ¨῭ΟῸΩῺ",
        ['\u0301'] = // acute accent
            "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ¨΅ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύωώϒϓГЃКЌгѓ"
            + "кќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứἀἄἁἅἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍὐὔὑὕ"
            + "ὙὝὠὤὡὥὨὬὩὭ᾿῎῾῞",
        ['\u0302'] = "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ", // circumflex accent
        ['\u0303'] = "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ", // tilde
        ['\u0304'] = // macron
            "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝαᾱΑᾹιῑΙῙυῡΥῩ",
        ['\u0306'] = "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặαᾰΑᾸιῐΙῘυῠΥῨ", // breve
        ['\u0307'] = // dot above
            "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ",
        ['\u0308'] = // diaeresis
            "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦhḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ",
        ['\u0309'] = "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ", // hook above
        ['\u030a'] = "AÅaåUŮuůwẘyẙ", // ring above
        ['\u030b'] = "OŐoőUŰuűУӲуӳ", // double acute accent
        ['\u030c'] = "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ", // caron
        ['\u030f'] = "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ", // double grave accent
        ['\u0311'] = "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ", // inverted breve
        ['\u0313'] = "αἀΑἈεἐΕἘηἠΗἨιἰΙἸοὀΟὈυὐωὠΩὨρῤ", // comma above
        ['\u0314'] = "αἁΑἉεἑΕἙηἡΗἩιἱΙἹοὁΟὉυὑΥὙωὡΩὩρῥΡῬ", // reversed comma above
        ['\u031b'] = "OƠoơUƯuư", // horn
        ['\u0323'] = // dot below
            "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ",
        ['\u0324'] = "UṲuṳ", // diaeresis below
        ['\u0325'] = "AḀaḁ", // ring below
        ['\u0326'] = "SȘsșTȚtț", // comma below
        ['\u0327'] = "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ", // cedilla
        ['\u0328'] = "AĄaąEĘeęIĮiįUŲuųOǪoǫ", // ogonek
        ['\u032d'] = "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ", // circumflex accent below
        ['\u032e'] = "HḪhḫ", // breve below
        ['\u0330'] = "EḚeḛIḬiḭUṴuṵ", // tilde below
        ['\u0331'] = "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ", // macron below
        ['\u0338'] = // long solidus overlay
            "←↚→↛↔↮⇐⇍⇔⇎⇒⇏∃∄∈∉∋∌∣∤∥∦∼≁≃≄≅≇≈≉=≠≡≢≍≭<≮>≯≤≰≥≱≲≴≳≵≶≸≷≹≺⊀≻⊁⊂⊄⊃⊅⊆⊈⊇⊉⊢⊬⊨⊭⊩⊮⊫⊯≼⋠≽⋡⊑⋢⊒⋣⊲⋪⊳⋫⊴⋬⊵⋭",
        ['\u0342'] = "ἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯαᾶ¨῁ηῆ᾿῏ιῖϊῗ῾῟υῦϋῧωῶ", // greek perispomeni
        ['\u0345'] = // greek ypogegrammeni
            "ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὨᾨὩᾩὪᾪὫᾫὬᾬὭᾭὮᾮὯᾯὰᾲαᾳάᾴᾶᾷΑᾼὴῂηῃ"
            + "ήῄῆῇΗῌὼῲωῳώῴῶῷΩῼ",
        ['\u0653'] = "اآ", // arabic maddah above
        ['\u0654'] = "اأوؤيئەۀہۂےۓ", // arabic hamza above
        ['\u0655'] = "اإ", // arabic hamza below
        ['\u093c'] = "नऩरऱळऴ", // devanagari sign nukta
        ['\u09be'] = "েো", // bengali vowel sign aa
        ['\u09d7'] = "েৌ", // bengali au length mark
        ['\u0b3e'] = "େୋ", // oriya vowel sign aa
        ['\u0b56'] = "େୈ", // oriya ai length mark
        ['\u0b57'] = "େୌ", // oriya au length mark
        ['\u0bbe'] = "ெொேோ", // tamil vowel sign aa
        ['\u0bd7'] = "ஒஔெௌ", // tamil au length mark
        ['\u0c56'] = "ెై", // telugu ai length mark
        ['\u0cc2'] = "ೆೊ", // kannada vowel sign uu
        ['\u0cd5'] = "ಿೀೆೇೊೋ", // kannada length mark
        ['\u0cd6'] = "ೆೈ", // kannada ai length mark
        ['\u0d3e'] = "െൊേോ", // malayalam vowel sign aa
        ['\u0d57'] = "െൌ", // malayalam au length mark
        ['\u0dca'] = "ෙේොෝ", // sinhala sign al-lakuna
        ['\u0dcf'] = "ෙො", // sinhala vowel sign aela-pilla
        ['\u0ddf'] = "ෙෞ", // sinhala vowel sign gayanukitta
        ['\u102e'] = "ဥဦ", // myanmar vowel sign ii
        ['\u1b35'] = "ᬅᬆᬇᬈᬉᬊᬋᬌᬍᬎᬑᬒᬺᬻᬼᬽᬾᭀᬿᭁᭂᭃ", // balinese vowel sign tedung
        ['\u3099'] = // katakana-hiragana voiced sound mark
            "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴワヷヰヸヱヹヲヺヽヾ",
        ['\u309a'] = "はぱひぴふぷへぺほぽハパヒピフプヘペホポ", // katakana-hiragana semi-voiced sound mark
    };

    private static readonly Dictionary<(char Letter, char Mark), char> Composed = Pairs
        .SelectMany(row => row.Value.Chunk(2).Select(pair => ((pair[0], row.Key), pair[1])))
        .ToDictionary(entry => entry.Item1, entry => entry.Item2);

    /// <summary>The text with every letter and its marks in one character, if there is one.</summary>
    /// <param name="text">Any text.</param>
    public static string Compose(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(letter => Pairs.ContainsKey(letter) || letter is >= VowelJamo and < (char)(TrailingJamo + Trailing)))
        {
            return text;
        }

        var composed = new char[text.Length];
        var length = 0;
        foreach (var letter in text)
        {
            if (length > 0 && Join(composed[length - 1], letter) is { } joined)
            {
                composed[length - 1] = joined;
            }
            else
            {
                composed[length++] = letter;
            }
        }

        return new string(composed, 0, length);
    }

    private static char? Join(char letter, char mark)
    {
        if (Composed.TryGetValue((letter, mark), out var composed))
        {
            return composed;
        }

        // Hangul is arithmetic: leading consonant and vowel, then a trailing consonant.
        if (letter - LeadingJamo is >= 0 and < Leading && mark - VowelJamo is >= 0 and < Vowels)
        {
            return (char)(FirstHangul + (((letter - LeadingJamo) * Vowels) + (mark - VowelJamo)) * Trailing);
        }

        return letter - FirstHangul is >= 0 and < Leading * Vowels * Trailing && (letter - FirstHangul) % Trailing == 0 && mark - TrailingJamo is > 0 and < Trailing
            ? (char)(letter + (mark - TrailingJamo))
            : null;
    }
}

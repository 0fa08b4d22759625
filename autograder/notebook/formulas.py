"""The TeX commands that are left in what students write: symbols, functions, fonts, fractions, matrices.

A list of what is allowed, for each version of MathJax knows more of the others: they set links, styles, sizes and
colours, move or hide what stands there, load extensions, define commands. With one of those a formula paints over
Formgrader's page, with the last it makes itself the others.
"""

# MathJax's symbols and delimiters, those of the AMS among them
SYMBOLS = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi
omega varepsilon vartheta varpi varrho varsigma varphi aleph hbar imath jmath ell wp Re Im partial infty prime
emptyset nabla top bot angle triangle backslash forall exists neg lnot flat natural sharp clubsuit diamondsuit
heartsuit spadesuit digamma varkappa varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi
varPsi varOmega beth gimel daleth backprime hslash varnothing blacktriangle triangledown blacktriangledown square Box
blacksquare lozenge Diamond blacklozenge circledS bigstar sphericalangle measuredangle nexists complement mho eth Finv
diagup Game diagdown Bbbk yen circledR checkmark maltese surd coprod bigvee bigwedge biguplus bigcap bigcup int intop
iint iiint prod sum bigotimes bigoplus bigodot oint bigsqcup smallint triangleleft triangleright bigtriangleup
bigtriangledown wedge land vee lor cap cup ddagger dagger sqcap sqcup uplus amalg diamond bullet wr div odot oslash
otimes ominus oplus mp pm circ bigcirc setminus cdot ast times star propto sqsubseteq sqsupseteq parallel mid dashv
vdash leq le geq ge lt gt succ prec approx succeq preceq supset subset supseteq subseteq in ni notin owns gg ll sim
simeq perp equiv asymp smile frown ne neq cong doteq bowtie models Leftrightarrow Leftarrow Rightarrow leftrightarrow
leftarrow gets rightarrow to mapsto leftharpoonup leftharpoondown rightharpoonup rightharpoondown nearrow searrow
nwarrow swarrow rightleftharpoons hookrightarrow hookleftarrow longleftarrow Longleftarrow longrightarrow
Longrightarrow Longleftrightarrow longleftrightarrow longmapsto ldots cdots vdots ddots dotsc dotsb dotsm dotsi dotso
ldotp cdotp colon iiiint dotplus ltimes smallsetminus rtimes Cap doublecap leftthreetimes Cup doublecup
rightthreetimes barwedge curlywedge veebar curlyvee doublebarwedge boxminus circleddash boxtimes circledast boxdot
circledcirc boxplus centerdot divideontimes intercal leqq geqq leqslant geqslant eqslantless eqslantgtr lesssim gtrsim
lessapprox gtrapprox approxeq lessdot gtrdot lll llless ggg gggtr lessgtr gtrless lesseqgtr gtreqless lesseqqgtr
gtreqqless doteqdot Doteq eqcirc risingdotseq circeq fallingdotseq triangleq backsim thicksim backsimeq thickapprox
subseteqq supseteqq Subset Supset sqsubset sqsupset preccurlyeq succcurlyeq curlyeqprec curlyeqsucc precsim succsim
precapprox succapprox vartriangleleft lhd vartriangleright rhd trianglelefteq unlhd trianglerighteq unrhd vDash Vdash
Vvdash smallsmile shortmid smallfrown shortparallel bumpeq between Bumpeq pitchfork varpropto backepsilon
blacktriangleleft blacktriangleright therefore because eqsim vartriangle Join nless ngtr nleq ngeq nleqslant ngeqslant
nleqq ngeqq lneq gneq lneqq gneqq lvertneqq gvertneqq lnsim gnsim lnapprox gnapprox nprec nsucc npreceq nsucceq
precneqq succneqq precnsim succnsim precnapprox succnapprox nsim ncong nshortmid nshortparallel nmid nparallel nvdash
nvDash nVdash nVDash ntriangleleft ntriangleright ntrianglelefteq ntrianglerighteq nsubseteq nsupseteq nsubseteqq
nsupseteqq subsetneq supsetneq varsubsetneq varsupsetneq subsetneqq supsetneqq varsubsetneqq varsupsetneqq
leftleftarrows rightrightarrows leftrightarrows rightleftarrows Lleftarrow Rrightarrow twoheadleftarrow
twoheadrightarrow leftarrowtail rightarrowtail looparrowleft looparrowright leftrightharpoons curvearrowleft
curvearrowright circlearrowleft circlearrowright Lsh Rsh upuparrows downdownarrows upharpoonleft upharpoonright
downharpoonleft restriction multimap downharpoonright leftrightsquigarrow rightsquigarrow leadsto dashrightarrow
dashleftarrow nleftarrow nrightarrow nLeftarrow nRightarrow nleftrightarrow nLeftrightarrow Gamma Delta Theta Lambda
Xi Pi Sigma Upsilon Phi Psi Omega And lmoustache rmoustache lgroup rgroup arrowvert Arrowvert bracevert Vert vert
uparrow downarrow updownarrow Uparrow Downarrow Updownarrow rangle langle rbrace lbrace rceil lceil rfloor lfloor
lbrack rbrack lvert rvert lVert rVert ulcorner urcorner llcorner lrcorner
"""
FUNCTIONS = """
arcsin arccos arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min Pr
sec sin sinh sup tan tanh injlim projlim
"""
ACCENTS = """
acute grave ddot tilde bar breve check hat vec dot widetilde widehat mathring dddot ddddot overline underline
overbrace underbrace overparen underparen overrightarrow underrightarrow overleftarrow underleftarrow
overleftrightarrow underleftrightarrow
"""
LAYOUT = """
begin end left right middle limits nolimits displaystyle textstyle scriptstyle scriptscriptstyle cr newline hline tag
notag nonumber label ref eqref hfill strut mathstrut enspace quad qquad thinspace space nobreakspace dots not
big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm
"""
BUILT = """
frac tfrac dfrac cfrac binom tbinom dbinom over atop choose brace brack sqrt root overset underset stackrel substack
boxed fbox matrix pmatrix cases array xrightarrow xleftarrow bmod pmod mod pod iff implies impliedby varliminf
varlimsup varinjlim varprojlim idotsint operatorname mathop mathord mathopen mathclose mathbin mathrel mathpunct
mathinner
"""
FONTS = """
rm it bf sf tt cal frak scr mathrm mathit mathbf mathsf mathtt mathcal mathfrak mathscr mathbb Bbb boldsymbol pmb text
mbox hbox textrm textit textbf textsf texttt textnormal textup TeX LaTeX
"""

ALLOWED = frozenset(" ".join((SYMBOLS, FUNCTIONS, ACCENTS, LAYOUT, BUILT, FONTS)).split())
